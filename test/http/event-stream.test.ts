import { Hono } from "hono";
import { describe, expect, it, vi } from "vitest";
import { VirtualClock } from "#kernel";
import { streamEvents } from "../../src/http/event-stream.ts";

interface Count {
  readonly version: number;
  readonly isEnded: boolean;
}

/** Something that changes with each look until it is at `last`, and who looked. */
function counting(last: number, clock = new VirtualClock(), breaksAt = Infinity, goneAt = Infinity) {
  const looks: { readonly seen: number; readonly atMs: number }[] = [];
  const at = (version: number): Count => ({ version, isEnded: version >= last });
  const app = (first: number) =>
    new Hono().get("/", (c) =>
      streamEvents<Count>(c, {
        first: at(first),
        versionOf: ({ version }) => version,
        isEnded: ({ isEnded }) => isEnded,
        eventsOf: ({ version }, seen, before) =>
          version > seen
            ? [{ id: String(version), event: "count", data: `from ${before?.version ?? "nothing"}` }]
            : [],
        watch: async (seen) => {
          if (seen === breaksAt) throw new Error("the object has moved");
          looks.push({ seen, atMs: clock.now() });
          return await Promise.resolve(seen === goneAt ? undefined : at(seen + 1));
        },
        gap: { ms: 250, clock },
      }),
    );
  const get = async (first: number, headers = {}) => await app(first).request("/", { headers });
  return { clock, looks, get };
}

describe("streamEvents", () => {
  it("tells each state once, with so much time between, and ends at the end", async () => {
    const { clock, looks, get } = counting(3);
    const text = await clock.run(get(1).then(async (response) => await response.text()));
    expect(text).toBe(
      "event: count\ndata: from nothing\nid: 1\n\n" +
        "event: count\ndata: from 1\nid: 2\n\n" +
        "event: count\ndata: from 2\nid: 3\n\n",
    );
    expect(looks).toEqual([
      { seen: 1, atMs: 250 },
      { seen: 2, atMs: 500 },
    ]);
  });

  it.each([
    ["after what was seen", "2", 3, "id: 3"],
    ["from the beginning for an id that is none", "nonsense", 3, "id: 3"],
  ])("goes on %s", async (_, last, version, id) => {
    const { clock, get } = counting(version);
    const text = await clock.run(
      get(version, { "Last-Event-ID": last }).then(async (one) => await one.text()),
    );
    expect(text).toContain(id);
  });

  it("tells who has seen the end that nothing comes any more", async () => {
    const { get } = counting(3);
    expect((await get(3, { "Last-Event-ID": "3" })).status).toBe(204);
    expect((await get(3, { "Last-Event-ID": "2" })).status).toBe(200);
  });

  it("is kept by nobody", async () => {
    expect((await counting(3).get(3)).headers.get("Cache-Control")).toBe("no-store");
  });

  it("ends where nobody can be asked any more, and the log says why", async () => {
    const lines: string[] = [];
    vi.spyOn(console, "error").mockImplementation((line: string) => void lines.push(line));
    const { clock, get } = counting(3, new VirtualClock(), 2);
    const text = await clock.run(get(1).then(async (response) => await response.text()));
    vi.restoreAllMocks();
    expect(text.match(/id: \d/g)).toEqual(["id: 1", "id: 2"]);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { event: "request-failed", path: "/", error: { message: "the object has moved" } },
    ]);
  });

  it("ends where there is nothing any more", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { clock, get } = counting(3, new VirtualClock(), Infinity, 2);
    const text = await clock.run(get(1).then(async (response) => await response.text()));
    expect(text.match(/id: \d/g)).toEqual(["id: 1", "id: 2"]);
    expect(logged).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it("asks nobody any more once its reader has left", async () => {
    const { clock, looks, get } = counting(1_000_000);
    const response = await get(1);
    await clock.advance(1_000);
    await response.body?.cancel();
    const before = looks.length;
    await clock.advance(3_600_000);
    expect(looks.length - before).toBeLessThanOrEqual(1);
    expect(clock.pending).toBe(0);
  });

  it("says that it is still there when nothing has happened for a while", async () => {
    const holds: number[] = [];
    const states = [1, 1, 2].map((version) => ({ version, isEnded: version === 2 }));
    const app = new Hono().get("/", (c) =>
      streamEvents<Count>(c, {
        first: { version: 1, isEnded: false },
        versionOf: ({ version }) => version,
        isEnded: ({ isEnded }) => isEnded,
        eventsOf: () => [],
        watch: async (_, holdMs) => {
          holds.push(holdMs);
          return await Promise.resolve(states.shift());
        },
      }),
    );
    const text = await (await app.request("/")).text();
    expect(text).toBe(": still here\n\n: still here\n\n");
    expect(holds).toEqual([15_000, 15_000, 15_000]);
  });

  it("asks for nothing that is not read", async () => {
    const { clock, looks, get } = counting(1_000_000);
    const response = await get(1);
    await clock.advance(3_600_000);
    expect(looks.length).toBeLessThan(8);
    const reader = response.body?.getReader();
    for (let chunk = 0; chunk < 20; chunk += 1)
      await clock.run(reader?.read() ?? Promise.reject(new Error()));
    expect(looks.length).toBeGreaterThan(10);
    expect(looks.length).toBeLessThan(28);
  });
});
