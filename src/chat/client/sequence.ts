import type { Message } from "../wire.ts";

/** How many messages wait for earlier ones; more are asked for again, in their turn. */
const MOST_HELD = 512;

/** Messages that are missing, from one number to another, both included. */
interface Hole {
  readonly from: number;
  readonly to: number;
}

/** Puts messages in the room's order: each number once, none left out without saying so. */
export interface Sequence {
  /** The last message in order. */
  readonly seq: number;
  /** What is missing first. While there is a hole, nothing comes out but what fills it. */
  readonly hole: Hole | undefined;
  /** Takes what arrived, in any order and any number of times. @returns What is in order now. */
  take(messages: readonly Message[]): readonly Message[];
  /** The log reaches this far, and what is missing until there will not come by itself. */
  reach(seq: number): void;
  /** Goes on without what is missing up to a number. @returns What is in order now. */
  skipTo(seq: number): readonly Message[];
}

/** Begins after the message `from`. */
export function createSequence(from: number): Sequence {
  let seq = from;
  let reached = from;
  const held = new Map<number, Message>();

  const release = () => {
    const ready: Message[] = [];
    for (let next = held.get(seq + 1); next !== undefined; next = held.get(seq + 1)) {
      held.delete(next.seq);
      seq = next.seq;
      ready.push(next);
    }
    return ready;
  };

  return {
    get seq() {
      return seq;
    },
    get hole() {
      const to = held.size > 0 ? Math.min(...held.keys()) - 1 : reached;
      return to > seq ? { from: seq + 1, to } : undefined;
    },
    take(messages) {
      const ready: Message[] = [];
      for (const message of messages) {
        if (message.seq <= seq) continue;
        if (message.seq === seq + 1) {
          seq = message.seq;
          held.delete(seq);
          ready.push(message);
          if (held.size > 0) ready.push(...release());
        } else if (held.size < MOST_HELD || held.has(message.seq)) held.set(message.seq, message);
        else reached = Math.max(reached, message.seq);
      }
      return ready;
    },
    reach(upTo) {
      reached = Math.max(reached, upTo);
    },
    skipTo(upTo) {
      seq = Math.max(seq, upTo);
      for (const number of held.keys()) if (number <= seq) held.delete(number);
      return release();
    },
  };
}
