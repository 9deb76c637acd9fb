import { describe, expect, it } from "vitest";
import { startEcho } from "../../../companion/echo/echo.ts";
import { startMonitor } from "../../../companion/monitor/monitor.ts";
import { rawClient } from "../raw-client.ts";
import { entriesOf, surroundings } from "../surroundings.ts";

const HERE = { host: "127.0.0.1", port: 0 };
const ECHO = { ...HERE, framing: "chunk", connections: 9, perAddress: 9, idleMs: 600_000 } as const;

/** An echo with somebody in it, and a monitor that looks at it. */
async function watched() {
  const around = surroundings();
  const stack = new AsyncDisposableStack();
  let drains = 0;
  const echo = stack.use(await startEcho(ECHO, around));
  const monitor = stack.use(await startMonitor({ ...HERE, socket: "" }, around, () => void (drains += 1)));
  const client = stack.use(await rawClient(echo.address));
  client.say("12345");
  await client.hear("Echo: 12345");
  const [entry] = entriesOf(around, "echo");
  const open = async () => stack.use(await rawClient(monitor.address));
  return {
    client,
    id: entry?.id ?? 0,
    open,
    drains: () => drains,
    [Symbol.asyncDispose]: async () => await stack.disposeAsync(),
  };
}

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

  it("drops whoever speaks HTTP", async () => {
    await using world = await watched();
    const monitor = await world.open();
    monitor.say("POST / HTTP/1.1\r\n\r\ndrain\r\n");
    expect(await monitor.end()).toBe("> ");
    expect(world.drains()).toBe(0);
  });
});
