import { startEcho } from "../../../companion/echo/echo.ts";
import { startMonitor } from "../../../companion/monitor/monitor.ts";
import type { Stall } from "../../../companion/stalls/report.ts";
import { rawClient } from "../raw-client.ts";
import { entriesOf, surroundings } from "../surroundings.ts";

const HERE = { host: "127.0.0.1", port: 0 };
const ECHO = { ...HERE, framing: "chunk", connections: 9, perAddress: 9, idleMs: 600_000 } as const;

/** How the monitor is to be, and what it is to show. */
interface WatchedOptions {
  readonly token?: string;
  readonly json?: boolean;
  readonly socket?: string;
  readonly stalls?: readonly Stall[];
}

/** An echo with somebody in it who has said 5 bytes, and a monitor that looks at it. */
export async function watched({ token = "", json = false, socket = "", stalls = [] }: WatchedOptions = {}) {
  const around = surroundings();
  const stack = new AsyncDisposableStack();
  let drains = 0;
  const echo = stack.use(await startEcho(ECHO, around));
  const ports = { stalls: { list: () => stalls }, drain: () => void (drains += 1) };
  const monitor = stack.use(await startMonitor({ ...HERE, socket, token, json }, around, ports));
  const client = stack.use(await rawClient(echo.address));
  client.say("12345");
  await client.hear("Echo: 12345");
  const [entry] = entriesOf(around, "echo");
  return {
    ...around,
    client,
    id: entry?.id ?? 0,
    /** Comes in to the monitor. */
    open: async () => stack.use(await rawClient(monitor.address)),
    drains: () => drains,
    [Symbol.asyncDispose]: async () => await stack.disposeAsync(),
  };
}
