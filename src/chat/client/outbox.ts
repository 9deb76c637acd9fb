import type { ClientFrame } from "../wire.ts";
import { createPace } from "./pace.ts";

/** What a client asks and a room answers, by `id`. */
export type Request = Extract<ClientFrame, { readonly id: string }>;

/** A message on its way, as it is kept over a reload. */
export interface Unsent {
  readonly id: string;
  readonly text: string;
  /** When it went out first, in milliseconds since 1970; without, it never did. */
  readonly firstMs?: number;
}

/** How many messages may be on their way at once. Few, so that a room that refuses one refuses few. */
const WINDOW = 8;

/** An answer that takes longer is asked for again. */
const ANSWER_MS = 20_000;

/**
 * For how long a message may be sent again. A room knows what it has stored for ten minutes; the tenth is for clocks
 * and for the way.
 */
const AGAIN_MS = 9 * 60_000;
const CLOCK_SLACK_MS = 60_000;

interface Entry {
  readonly frame: Request;
  sentMs: number | undefined;
  /** When it went out first: on the wall, which a reload does not change, and by the clock that only runs forward. */
  firstMs: number | undefined;
  sinceMs: number | undefined;
  times: number;
}

/** What is to be sent, and what can no longer be. */
interface Outflow {
  readonly frames: readonly Request[];
  /** Sent long ago, and never answered: whether the room has it, nobody can say. */
  readonly uncertain: readonly Request[];
}

/** What waits for the room's answer, in order. Everything stays until it is answered, whatever becomes of connections. */
export interface Outbox {
  readonly unsent: readonly Unsent[];
  /** How many messages wait. */
  readonly size: number;
  /** When {@link flow} has more to send. */
  readonly dueMs: number;
  readonly ids: readonly string[];
  add(frame: Request, firstMs?: number): void;
  /** It was answered, or nobody waits for it. @returns What it was. */
  remove(id: string): Request | undefined;
  /** Nobody waits for its answer: it is dropped, but for a message that has gone out. @returns Whether a message was. */
  forget(id: string): boolean;
  /** The room wants it later. */
  refuse(id: string, isFlood: boolean, afterMs: number | undefined, now: number): void;
  /** What was sent is to be sent again. */
  disconnected(): void;
  /** @param wallNow In milliseconds since 1970. */
  flow(now: number, wallNow: number): Outflow;
}

/** An empty outbox. */
export function createOutbox(): Outbox {
  // What is asked goes before what is said: without the messages it asks for, a client stands still.
  const asks = new Map<string, Entry>();
  const sends = new Map<string, Entry>();
  /** Messages that are under way. */
  const flying = new Set<string>();
  const pace = createPace();
  let dueMs = Infinity;

  const isStale = ({ firstMs, sinceMs }: Entry, now: number, wallNow: number) =>
    // Either may have stood still or been set back, and a clock that was tells nothing.
    firstMs !== undefined &&
    (wallNow - firstMs > AGAIN_MS || wallNow < firstMs - CLOCK_SLACK_MS || now - (sinceMs ?? now) > AGAIN_MS);

  const isUnanswered = ({ sentMs }: Entry, now: number) => {
    if (sentMs === undefined || now >= sentMs + ANSWER_MS) return false;
    dueMs = Math.min(dueMs, sentMs + ANSWER_MS);
    return true;
  };

  const mayGo = (now: number) => {
    if (pace.isOpen(now)) return true;
    dueMs = Math.min(dueMs, pace.openMs);
    return false;
  };

  const go = (entry: Entry, now: number) => {
    entry.sentMs = now;
    entry.times += 1;
    dueMs = Math.min(dueMs, now + ANSWER_MS);
    pace.sent(now);
    return entry.frame;
  };

  return {
    get unsent() {
      return [...sends.values()].flatMap(({ frame, firstMs }) =>
        frame.t === "send"
          ? [{ id: frame.id, text: frame.text, ...(firstMs !== undefined && { firstMs }) }]
          : [],
      );
    },
    get size() {
      return sends.size;
    },
    get dueMs() {
      return dueMs;
    },
    get ids() {
      return [...asks.keys(), ...sends.keys()];
    },
    add(frame, firstMs) {
      const entry = {
        frame,
        sentMs: undefined,
        firstMs,
        sinceMs: undefined,
        times: firstMs === undefined ? 0 : 1,
      };
      (frame.t === "send" ? sends : asks).set(frame.id, entry);
    },
    remove(id) {
      const frame = (sends.get(id) ?? asks.get(id))?.frame;
      sends.delete(id);
      flying.delete(id);
      asks.delete(id);
      return frame;
    },
    forget(id) {
      asks.delete(id);
      return sends.get(id)?.firstMs === undefined && sends.delete(id);
    },
    refuse(id, isFlood, afterMs, now) {
      const entry = sends.get(id) ?? asks.get(id);
      pace.refused({ isFlood, afterMs, sentMs: entry?.sentMs ?? 0 }, now);
      if (entry === undefined) return;
      entry.sentMs = undefined;
      flying.delete(id);
      // It was refused as often as it was sent, so the room does not have it.
      if (entry.times === 1) [entry.firstMs, entry.sinceMs, entry.times] = [undefined, undefined, 0];
    },
    disconnected() {
      for (const entry of [...asks.values(), ...sends.values()]) entry.sentMs = undefined;
      flying.clear();
    },
    flow(now, wallNow) {
      dueMs = Infinity;
      const frames: Request[] = [];
      const uncertain: Request[] = [];
      for (const entry of asks.values()) {
        if (!isUnanswered(entry, now) && mayGo(now)) frames.push(go(entry, now));
      }
      const window = pace.isSlow(now) ? 1 : WINDOW;
      let left = flying.size;
      for (const [id, entry] of sends) {
        if (left === 0 && flying.size >= window) break;
        const isAgain = flying.has(id);
        if (isAgain) left -= 1;
        if (isUnanswered(entry, now) || (!isAgain && flying.size >= window)) continue;
        if (isStale(entry, now, wallNow)) {
          sends.delete(id);
          flying.delete(id);
          uncertain.push(entry.frame);
        } else if (mayGo(now)) {
          flying.add(id);
          entry.firstMs ??= wallNow;
          entry.sinceMs ??= now;
          frames.push(go(entry, now));
        }
      }
      return { frames, uncertain };
    },
  };
}
