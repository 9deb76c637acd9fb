import { sleep } from "#kernel";
import { metronome, nowMs } from "../../load/metronome.ts";
import { createHistogram } from "./histogram.ts";
import type { Arrival, Done, Order, OrderKind, Orders, Resumption, Talk } from "./orders.ts";
import { schedule } from "./schedule.ts";
import { microseconds, openSession, PATIENCE_MS, type Session } from "./session.ts";

const RESUME_PATIENCE_MS = 30_000;
/** Who is refused comes again after this, as a client with jitter would. */
const COME_AGAIN_MS = 200;

let session: Session | undefined;

/** Does what it is told, with the session that the last `join` opened. */
export async function carryOut(order: Order): Promise<Orders[OrderKind]["report"]> {
  if (order.kind === "join") {
    session?.[Symbol.dispose]();
    session = openSession(order);
    return await join(session, order);
  }
  if (session === undefined) throw new Error(`Expected \`join\` before \`${order.kind}\``);
  session.faults.length = 0;
  switch (order.kind) {
    case "talk":
      return await talk(session, order);
    case "pause":
      for (let index = 0; index < order.clients; index += 1) session.pause(index);
      return {} satisfies Done;
    case "drop":
      for (const client of session.clients.slice(0, order.clients)) client.drop();
      return {} satisfies Done;
    case "resume":
      return await resume(session, order);
  }
}

async function join(into: Session, { clients, pace }: Orders["join"]["order"]): Promise<Arrival> {
  const times = createHistogram();
  const decided = new Set<number>();
  let next = 0;
  const come = (dueMs: number) => {
    const index = next;
    next += 1;
    into.connect(index, (isIn) => {
      if (decided.has(index)) return;
      decided.add(index);
      if (isIn) times.record(microseconds(nowMs() - dueMs));
      if ("atOnce" in pace && next < clients) come(nowMs());
    });
  };
  if ("atOnce" in pace) for (let first = 0; first < Math.min(pace.atOnce, clients); first += 1) come(nowMs());
  else await metronome(evenly(clients, pace.overMs), come);
  for (let last = 0, sinceMs = nowMs(); decided.size < clients && nowMs() - sinceMs < PATIENCE_MS;) {
    await sleep(5);
    if (decided.size > last) [last, sinceMs] = [decided.size, nowMs()];
  }
  return {
    p50Ms: times.quantile(0.5) / 1_000,
    p99Ms: times.quantile(0.99) / 1_000,
    failed: clients - times.count,
    ...faultOf(into),
  };
}

async function talk(within: Session, { perSecond, messages }: Orders["talk"]["order"]): Promise<Talk> {
  const listeners = within.listeners();
  const sending = await within.send(perSecond, messages);
  return {
    ...sending,
    sent: messages,
    ...within.ledger.faultsOf(listeners, within.sent),
    ...faultOf(within),
  };
}

async function resume(within: Session, { overMs }: Orders["resume"]["order"]): Promise<Resumption> {
  const beganMs = performance.now();
  const { clients, ledger, sent } = within;
  const everybody = clients.map((_, index) => index);
  const isBack = (index: number) => clients[index]?.isIn === true && ledger.placeOf(index) >= sent;
  const come = (index: number) =>
    within.connect(index, (isIn) => {
      if (!isIn) setTimeout(() => come(index), COME_AGAIN_MS * (1 + Math.random()));
    });
  const away = everybody.filter((index) => clients[index]?.isIn !== true);
  let next = 0;
  await metronome(evenly(away.length, overMs), () => {
    const index = away[next];
    next += 1;
    if (index !== undefined) come(index);
  });
  while (!everybody.every(isBack) && performance.now() - beganMs < RESUME_PATIENCE_MS) await sleep(5);
  return {
    tookMs: performance.now() - beganMs,
    failed: everybody.filter((index) => !isBack(index)).length,
    ...ledger.faultsOf(everybody, sent),
    ...faultOf(within),
  };
}

const evenly = (count: number, overMs: number) => schedule(count, (count * 1_000) / overMs);

function faultOf({ faults: [fault] }: Session): { readonly fault?: string } {
  return fault === undefined ? {} : { fault };
}
