import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { until } from "../../e2e/product.ts";
import { entriesOf } from "../surroundings.ts";
import { watched } from "./watched.ts";

const STALL = {
  atMs: Date.UTC(2026, 0, 2, 3, 4, 5),
  forMs: 512.3,
  isOver: true,
  stack: ["at spin (file:///x.ts:3:4)"],
  isLate: false,
};

/** What each command answers to a program: a line of JSON. */
const JSON_ANSWERS: Readonly<Record<string, unknown>> = {
  ps: expect.arrayContaining([expect.objectContaining({ kind: "service", name: "monitor" })]) as unknown,
  conns: [
    expect.objectContaining({ kind: "echo", state: "reading", inBytes: 5, outBytes: 11 }),
    expect.objectContaining({ kind: "monitor" }),
  ],
  "where 999": { error: 'Expected the id of something in ps, got "999"' },
  "cancel 1": { error: "1 ends with what it belongs to only" },
  top: {
    busy: expect.any(Number) as unknown,
    kinds: expect.arrayContaining([expect.objectContaining({ kind: "echo", count: 1 })]) as unknown,
    busiest: expect.arrayContaining([expect.objectContaining({ kind: "echo" })]) as unknown,
  },
  lag: {
    p50Ms: expect.any(Number),
    p99Ms: expect.any(Number),
    maxMs: expect.any(Number),
    busy: expect.any(Number),
  },
  stalls: [{ ...STALL, atMs: undefined, at: "2026-01-02T03:04:05.000Z" }],
  mem: { residentBytes: expect.any(Number), heapBytes: expect.any(Number), outsideBytes: expect.any(Number) },
  drain: { said: "Draining." },
  help: expect.arrayContaining([{ usage: "ps", does: "what is open or runs" }]) as unknown,
  bogus: { error: 'There is no "bogus"; help says what there is.' },
};

describe("startMonitor", () => {
  it("lists what is open, and where it was made", async () => {
    await using world = await watched();
    const monitor = await world.open();
    monitor.say("conns\r\n");
    await monitor.hear("waits for");
    await monitor.hear(`${world.id}`);
    expect(await monitor.hear("reading")).toContain("echo");
    expect(await monitor.hear("> ")).toMatch(/127\.0\.0\.1:\d+ +5 +11 /);
    monitor.say(`where ${world.id}\n`);
    const where = await monitor.hear("below");
    expect(where).toContain("listen.ts");
    await monitor.hear("service echo");
    monitor.say("where 999\nlag\nmem\nhelp\nbogus\n");
    await monitor.hear('got "999"');
    await monitor.hear("lag p50");
    await monitor.hear("resident");
    await monitor.hear("An empty line repeats");
    await monitor.hear('There is no "bogus"');
    monitor.say("quit\n");
    await monitor.end();
  });

  it("shows what is busy, since it was asked last", async () => {
    await using world = await watched();
    const monitor = await world.open();
    monitor.say("top\n");
    expect(await monitor.hear("in/s  out/s")).toMatch(/busy \d+ % of the time; bytes a second:/);
    await monitor.hear(`${world.id}`);
    expect(await monitor.hear("> ")).toMatch(/ +echo +127\.0\.0\.1:\d+ +[1-9]\d* +[1-9]\d*\r\n/);
    monitor.say("top\n");
    await monitor.hear("id  kind");
    expect(await monitor.hear("> ")).not.toContain("echo");
  });

  it("shows when the event loop stood still, and where", async () => {
    const late = { ...STALL, isLate: true, isOver: false };
    await using world = await watched({ stalls: [STALL, late, { ...STALL, stack: [] }] });
    const monitor = await world.open();
    monitor.say("stalls\n");
    const told = await monitor.hear("saw where");
    expect(told.split("\r\n").map((line) => line.replace("> ", ""))).toEqual([
      "2026-01-02T03:04:05.000Z  512 ms",
      "  at spin (file:///x.ts:3:4)",
      "2026-01-02T03:04:05.000Z  more than 512 ms, in native code before it came here:",
      "  at spin (file:///x.ts:3:4)",
      "2026-01-02T03:04:05.000Z  512 ms, nobody saw where",
    ]);
  });

  it("ends what it is told to, and repeats itself for an empty line", async () => {
    await using world = await watched();
    const monitor = await world.open();
    monitor.say(`cancel ${world.id}\n`);
    await monitor.hear(`Cancelled ${world.id}.`);
    await world.client.end();
    monitor.say("drain\n");
    await monitor.hear("Draining.");
    monitor.say("\n");
    await monitor.hear("Draining.");
    expect(world.drains()).toBe(2);
  });

  it.each(Object.entries(JSON_ANSWERS))(
    "answers %j in a line of JSON where it is asked to",
    async (line, value) => {
      await using world = await watched({ stalls: [STALL] });
      const monitor = await world.open();
      await monitor.hear("> ");
      monitor.say(`${line} --json\n`);
      const told = await monitor.hear("\r\n");
      expect(JSON.parse(told)).toEqual(value);
    },
  );

  it.each(["", "open sesame"])("speaks JSON only where programs read, with the token %j", async (token) => {
    await using world = await watched({ json: true, token });
    const monitor = await world.open();
    if (token !== "") monitor.say(`${token}\n`);
    monitor.say(`where ${world.id}\nmem\n\nquit\n`);
    const lines = (await monitor.end()).split("\r\n").slice(0, -1);
    const [where, ...memory] = lines.map((line) => JSON.parse(line) as unknown);
    expect(where).toMatchObject({
      id: world.id,
      stack: expect.arrayContaining([expect.stringContaining("listen.ts")]) as unknown,
      parents: [{ kind: "service", name: "echo" }],
    });
    expect(memory).toEqual([JSON_ANSWERS["mem"], JSON_ANSWERS["mem"]]);
  });

  it("asks for the token first, and hangs up on any other", async () => {
    await using world = await watched({ token: "open sesame" });
    const friend = await world.open();
    await friend.hear("Token: ");
    friend.say("open sesame\nhelp\n");
    await friend.hear("what is open or runs");
    const stranger = await world.open();
    stranger.say("open sesam\ndrain\n");
    expect(await stranger.end()).toBe("Token: ");
    expect(world.drains()).toBe(0);
    expect(world.logged).toContainEqual(
      expect.objectContaining({ event: "monitor-refused", because: "token" }),
    );
  });

  it("answers no more of what was typed than is read, and all of it in the end", async () => {
    const most = 20_000;
    await using world = await watched();
    const monitor = await world.open();
    monitor.socket.pause();
    monitor.say(`help\n${"\n".repeat(most)}`);
    await until(() => entriesOf(world, "monitor")[0]?.waitsFor === "the peer to read");
    const { outBytes = Infinity } = entriesOf(world, "monitor")[0]?.traffic ?? {};
    monitor.socket.end("help\nquit\n").resume();
    const answers = (await monitor.end()).match(/An empty line repeats/g) ?? [];
    expect(answers).toHaveLength(most + 2);
    expect(outBytes).toBeLessThan(monitor.received.length);
  });

  it.each([
    ["a target", "/"],
    ["a target that is longer than a line may be", `/${"x".repeat(2_000)}`],
  ])("drops whoever speaks HTTP, with %s", async (_, target) => {
    await using world = await watched();
    const monitor = await world.open();
    monitor.say(`POST ${target} HTTP/1.1\r\n\r\ndrain\r\n`);
    expect(await monitor.end()).toBe("> ");
    expect(world.drains()).toBe(0);
  });

  it("drops whoever speaks TLS, whatever lines are in it", async () => {
    await using world = await watched();
    const monitor = await world.open();
    monitor.say(Buffer.from("\x16\x03\x01\x0a\x00\x01\x00\x01\xfc\x03\x03 ticket\ndrain\n", "latin1"));
    expect(await monitor.end()).toBe("> ");
    expect(world.drains()).toBe(0);
  });

  it("listens on a Unix socket that only its owner may open", async () => {
    const directory = await mkdtemp(join(tmpdir(), "manifold-monitor-"));
    try {
      const socket = join(directory, "socket");
      await using world = await watched({ socket });
      expect((await stat(socket)).mode & 0o777).toBe(0o600);
      const monitor = await world.open();
      monitor.say("ps\n");
      await monitor.hear("monitor  listening");
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
