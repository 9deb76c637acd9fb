import { sleep } from "#kernel";
import { clockOffsetMs, metronome, nowMs } from "../../load/metronome.ts";
import { type Client, connectClient } from "./client.ts";
import { DIALECTS } from "./dialect.ts";
import { clientFrame } from "./frames.ts";
import { createHistogram } from "./histogram.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import type { Orders } from "./orders.ts";
import { readInTurns } from "./read-in-turns.ts";
import { schedule } from "./schedule.ts";

/** How long it is waited for one more client, and for deliveries after the last message was due. */
export const PATIENCE_MS = 10_000;
/** How long after the last delivery one more would be noticed. */
const AFTERMATH_MS = 50;
/**
 * At how many clients, spread over the room, latency is measured. They read at once; the others read now and then, and
 * what they get is only counted: 500 that read each message at once would take the machine from the server.
 */
const TIMED = 50;

/** A room and the generator's clients in it. Disposing of it breaks all connections off. */
export interface Session extends Disposable {
  readonly ledger: Ledger;
  readonly clients: readonly Client[];
  /** How many messages have been sent. */
  readonly sent: number;
  /** What clients heard against them, and losses of connections, since this was emptied. */
  readonly faults: string[];
  /** Who is to get messages: connected, and reading. */
  readonly listeners: () => readonly number[];
  /** Connects a client, or connects it anew. */
  readonly connect: (index: number, onChange: (isIn: boolean) => void) => void;
  readonly pause: (index: number) => void;
  /** Sends messages at their times, and waits for all deliveries as long as there is hope. */
  readonly send: (perSecond: number, messages: number) => Promise<Sending>;
}

/** What became of some messages. */
interface Sending {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly busy: number;
  readonly lateP99Ms: number;
}

export function openSession(order: Orders["join"]["order"]): Session {
  const { url, room, clients: size, messages: most } = order;
  const dialect = DIALECTS[order.dialect];
  const destination = { port: Number(new URL(url).port), room, dialect };
  const clients: Client[] = [];
  const faults: string[] = [];
  const paused = new Set<number>();
  const acked = new Int32Array(size);
  const senders = new Int32Array(most);
  /** By `performance.now()`. */
  const dueMs = new Float64Array(most);
  const ledger = createLedger(size, most, (message) => senders[message] ?? 0);
  const timedEvery = Math.ceil(size / TIMED);
  const isTimed = (index: number) => index % timedEvery === 0;
  const reading = readInTurns(size, (index) => {
    if (!isTimed(index) && !paused.has(index)) clients[index]?.readOn();
  });
  let sent = 0;
  let epoch: string | undefined;
  let latencies = createHistogram();
  let outstanding = 0;
  let onComplete: (() => void) | undefined;

  const onMessage = (index: number, message: number, isReplay: boolean) => {
    if (isReplay && dialect.isReplayedAll === true && ledger.has(index, message)) return;
    if (!ledger.deliver(index, message) || paused.has(index)) return;
    if (isTimed(index)) latencies.record(microseconds(performance.now() - (dueMs[message] ?? 0)));
    outstanding -= 1;
    if (outstanding === 0) onComplete?.();
    if (dialect.acks !== undefined) acknowledge(index, dialect.acks);
  };
  const acknowledge = (index: number, { every, ack }: NonNullable<typeof dialect.acks>) => {
    const place = ledger.placeOf(index);
    if (place - (acked[index] ?? 0) < every) return;
    acked[index] = place;
    clients[index]?.send(clientFrame(ack(place)));
  };
  const listeners = () => clients.flatMap(({ isIn }, index) => (isIn && !paused.has(index) ? [index] : []));

  return {
    ledger,
    clients,
    faults,
    listeners,
    get sent() {
      return sent;
    },
    connect(index, onChange) {
      const position = epoch === undefined ? {} : { position: { epoch, seq: ledger.placeOf(index) } };
      const visitor = { index, isTimed: isTimed(index), ...position };
      clients[index] = connectClient(destination, visitor, {
        onWelcome(named) {
          epoch ??= named;
          onChange(true);
        },
        onMessage: (message, isReplay) => onMessage(index, message, isReplay),
        onFault(what) {
          // To close one that reads no more is a room's right.
          if (!paused.has(index)) faults.push(what);
          onChange(false);
        },
      });
    },
    pause(index) {
      paused.add(index);
      clients[index]?.pause();
    },
    async send(perSecond, messages) {
      const among = listeners();
      const frames = Array.from({ length: messages }, (_, number) => clientFrame(dialect.say(sent + number)));
      const first = sent;
      const lateness = createHistogram();
      latencies = createHistogram();
      outstanding = messages * among.length;
      const complete = Promise.withResolvers<void>();
      onComplete = complete.resolve;
      const offsetMs = clockOffsetMs();
      const before = performance.eventLoopUtilization();
      await metronome(schedule(messages, perSecond), (beatMs) => {
        const sender = among[sent % among.length];
        const frame = frames[sent - first];
        if (sender === undefined || frame === undefined) return;
        dueMs[sent] = beatMs - offsetMs;
        senders[sent] = sender;
        lateness.record(microseconds(nowMs() - beatMs));
        sent += 1;
        clients[sender]?.send(frame);
      });
      const { utilization } = performance.eventLoopUtilization(before);
      await settled(complete.promise);
      const timed = outstanding > 0 ? among.filter(isTimed) : [];
      for (let message = first; timed.length > 0 && message < sent; message += 1) {
        const waitedMs = performance.now() - (dueMs[message] ?? 0);
        latencies.record(microseconds(waitedMs), ledger.missesOf(message, timed));
      }
      await sleep(AFTERMATH_MS);
      return {
        p50Ms: latencies.quantile(0.5) / 1_000,
        p99Ms: latencies.quantile(0.99) / 1_000,
        busy: utilization,
        lateP99Ms: lateness.quantile(0.99) / 1_000,
      };
    },
    [Symbol.dispose]() {
      reading[Symbol.dispose]();
      for (const client of clients) client.drop();
    },
  };
}

/** Never below 0: a sender may wake up a little before its time. */
export function microseconds(ms: number): number {
  return Math.max(0, Math.round(ms * 1_000));
}

/** Waits for something as long as there is hope. */
async function settled(promise: Promise<void>): Promise<void> {
  const hopeless = Promise.withResolvers<void>();
  const timer = setTimeout(hopeless.resolve, PATIENCE_MS);
  await Promise.race([promise, hopeless.promise]);
  clearTimeout(timer);
}
