import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createHistogram } from "../chat/load/histogram.ts";
import type { EchoOrder, EchoReport } from "./load.ts";

/** Who comes in at a time; a system has room for so many that knock. */
const AT_ONCE = 500;
const MESSAGE = Buffer.from(`${"x".repeat(63)}\n`);
const ANSWER = Buffer.concat([Buffer.from("Echo: "), MESSAGE]);

let clients: readonly Socket[] = [];
/** Who is told of what comes, by client. */
const listeners: (() => void)[] = [];

/** Connects so many, each of which waits for its answer before it says the next. */
async function enter({ port, count }: Extract<EchoOrder, { readonly do: "enter" }>): Promise<EchoReport> {
  const all: Socket[] = [];
  while (all.length < count) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - all.length) }, (_, at) =>
      open(port, all.length + at),
    );
    await Promise.all(some.map(async (socket) => await once(socket, "connect")));
    all.push(...some);
  }
  clients = all;
  return { answers: 0, elapsedMs: 0, p99Ms: 0, wrong: "" };
}

function open(port: number, index: number): Socket {
  let missing = ANSWER.length;
  const buffer = Buffer.alloc(1_024);
  const onBytes = (length: number, bytes: Uint8Array) => {
    const at = ANSWER.length - missing;
    if (length > missing || ANSWER.compare(bytes, 0, length, at, at + length) !== 0)
      wrong ||= `Expected ${JSON.stringify(String(ANSWER))}, got ${JSON.stringify(Buffer.from(bytes.subarray(0, length)).toString())}`;
    missing -= length;
    if (missing > 0) return true;
    missing = ANSWER.length;
    listeners[index]?.();
    return true;
  };
  const socket = connect({ host: "127.0.0.1", port, noDelay: true, onread: { buffer, callback: onBytes } });
  socket.on("error", (error) => (wrong ||= error.message));
  socket.on("end", () => (wrong ||= "The server has ended a connection"));
  return socket;
}

let wrong = "";

/** Talks for a time with everyone who is in. */
async function talk({ durationMs }: Extract<EchoOrder, { readonly do: "talk" }>): Promise<EchoReport> {
  const histogram = createHistogram();
  const began = performance.now();
  const endMs = began + durationMs;
  let busy = clients.length;
  const done = Promise.withResolvers<void>();
  for (const [index, socket] of clients.entries()) {
    let saidMs = performance.now();
    listeners[index] = () => {
      const nowMs = performance.now();
      histogram.record(Math.round((nowMs - saidMs) * 1_000));
      saidMs = nowMs;
      if (nowMs < endMs && wrong === "") socket.write(MESSAGE);
      else if ((busy -= 1) === 0 || wrong !== "") done.resolve();
    };
    socket.write(MESSAGE);
  }
  await done.promise;
  const elapsedMs = performance.now() - began;
  return { answers: histogram.count, elapsedMs, p99Ms: histogram.quantile(0.99) / 1_000, wrong };
}

function leave(): EchoReport {
  for (const socket of clients) {
    socket.removeAllListeners("end");
    socket.resetAndDestroy();
  }
  clients = [];
  const report = { answers: 0, elapsedMs: 0, p99Ms: 0, wrong };
  wrong = "";
  return report;
}

async function carryOut(order: EchoOrder): Promise<EchoReport> {
  if (order.do === "enter") return await enter(order);
  return order.do === "talk" ? await talk(order) : leave();
}

// Whoever started us sends orders, one after the other; the end of their channel is ours.
process.on("message", (order: EchoOrder) => {
  carryOut(order).then(
    (report) => process.send?.(report),
    (error: unknown) => process.send?.({ answers: 0, elapsedMs: 0, p99Ms: 0, wrong: String(error) }),
  );
});
process.once("disconnect", () => process.exit());
