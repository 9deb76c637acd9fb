import { sleep } from "#kernel";
import { metronome, nowMs } from "../../load/metronome.ts";
import { type Client, connectClient } from "./client.ts";
import { DIALECTS } from "./dialect.ts";
import { clientFrame } from "./frames.ts";
import { createHistogram } from "./histogram.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import type { Orders } from "./orders.ts";
import { schedule } from "./schedule.ts";

/** How long it is waited for clients that are due, and for deliveries after the last message was. */
const PATIENCE_MS = 10_000;
/** How long after the last delivery one more would be noticed. */
const AFTERMATH_MS = 50;

/** A room and the generator's clients in it. */
export interface Session {
  readonly ledger: Ledger;
  /** How many messages have been sent. */
  readonly sent: number;
  readonly clients: readonly Client[];
  /** What clients heard against them, and losses of connections, since this was emptied. */
  readonly faults: string[];
  /** Who is to get messages: connected when they were sent, and reading. */
  listeners(): readonly number[];
  /** Connects a client, or connects it anew. */
  connect(index: number, onChange: (isIn: boolean) => void): void;
  pause(index: number): void;
  /** Sends messages at their times, and waits for all deliveries as long as there is hope. */
  send(perSecond: number, messages: number): Promise<Sending>;
}

/** What became of some messages. */
export interface Sending {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly busy: number;
  readonly lateP99Ms: number;
}

export function openSession({
  url,
  dialect: dialectName,
  room,
  clients: size,
  messages: most,
}: Orders["join"]["order"]): Session {
  const dialect = DIALECTS[dialectName];
  const destination = { port: Number(new URL(url).port), room, dialect };
  const clients: Client[] = [];
  const faults: string[] = [];
  const isPaused = new Uint8Array(size);
  const acked = new Int32Array(size);
  const senders = new Int32Array(most);
  const ledger = createLedger(size, most, (message) => senders[message] ?? 0);
  /** By `performance.now()`, in milliseconds. */
  const dueMs = new Float64Array(most);
  let sent = 0;
  let epoch: string | undefined;
  let latencies = createHistogram();
  let outstanding = 0;
  let onComplete: () => void = () => undefined;

  const onMessage = (index: number, message: number, isReplay: boolean) => {
    if (isReplay && dialect.isReplayedAll === true && ledger.has(index, message)) return;
    if (!ledger.deliver(index, message) || isPaused[index] === 1) return;
    latencies.record(Math.round((performance.now() - (dueMs[message] ?? 0)) * 1_000));
    outstanding -= 1;
    if (outstanding === 0) onComplete();
    const { acks } = dialect;
    if (acks === undefined) return;
    const place = ledger.placeOf(index);
    if (place - (acked[index] ?? 0) < acks.every) return;
    acked[index] = place;
    clients[index]?.send(clientFrame(acks.ack(place)));
  };

  return {
    ledger,
    clients,
    faults,
    get sent() {
      return sent;
    },
    listeners: () => clients.flatMap(({ isIn }, index) => (isIn && isPaused[index] === 0 ? [index] : [])),
    connect(index, onChange) {
      const seq = ledger.placeOf(index);
      clients[index] = connectClient(
        destination,
        epoch === undefined ? { index } : { index, position: { epoch, seq } },
        {
          onWelcome(named) {
            epoch ??= named;
            onChange(true);
          },
          onMessage: (message, isReplay) => onMessage(index, message, isReplay),
          onFault(what) {
            faults.push(what);
            onChange(false);
          },
        },
      );
    },
    pause(index) {
      isPaused[index] = 1;
      clients[index]?.pause();
    },
    async send(perSecond, messages) {
      const among = this.listeners();
      const first = sent;
      const frames = Array.from({ length: messages }, (_, turn) => clientFrame(dialect.say(first + turn)));
      latencies = createHistogram();
      const lateness = createHistogram();
      outstanding = messages * among.length;
      const { promise, resolve } = Promise.withResolvers<void>();
      onComplete = resolve;
      const clockOffsetMs = nowMs() - performance.now();
      const before = performance.eventLoopUtilization();
      await metronome(schedule(messages, perSecond), (beatMs) => {
        const sender = among[sent % among.length] ?? 0;
        const frame = frames[sent - first];
        if (frame === undefined) return;
        dueMs[sent] = beatMs - clockOffsetMs;
        senders[sent] = sender;
        lateness.record(Math.max(0, Math.round((nowMs() - beatMs) * 1_000)));
        sent += 1;
        clients[sender]?.send(frame);
      });
      const { utilization } = performance.eventLoopUtilization(before);
      await settled(promise);
      if (outstanding > 0) {
        for (let message = first; message < sent; message += 1) {
          const waitedMs = performance.now() - (dueMs[message] ?? 0);
          latencies.record(Math.round(waitedMs * 1_000), ledger.missesOf(message, among));
        }
      }
      await sleep(AFTERMATH_MS);
      return {
        p50Ms: latencies.quantile(0.5) / 1_000,
        p99Ms: latencies.quantile(0.99) / 1_000,
        busy: utilization,
        lateP99Ms: lateness.quantile(0.99) / 1_000,
      };
    },
  };
}

/** Waits for something as long as there is hope. */
export async function settled(promise: Promise<void>, patienceMs = PATIENCE_MS): Promise<void> {
  const hopeless = Promise.withResolvers<void>();
  const timer = setTimeout(hopeless.resolve, patienceMs);
  await Promise.race([promise, hopeless.promise]);
  clearTimeout(timer);
}
