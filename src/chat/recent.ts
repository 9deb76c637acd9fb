import type { Log } from "./log.ts";
import { utf8Bytes } from "./text.ts";
import type { Message } from "./wire.ts";

/** No frame has more than this, unless a single message does. */
const FRAME_BYTES = 64 * 1024;
const FRAME_MESSAGES = 128;

/** A piece of the log, ready to be sent. */
interface Piece {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * The end of the log in memory, each message written as JSON once, however many clients it goes to. Frames that many
 * clients want one after the other are made once, too.
 */
export interface Recent {
  push(this: void, messages: readonly Message[]): void;
  /** How many bytes the messages after `from` up to `to` have. Read from the log, if they are not in memory any more. */
  bytesBetween(from: number, to: number): number;
  /** The last number up to which the messages after `from` fit in so many messages and bytes. */
  reach(from: number, messages: number, bytes: number): number;
  /** The frames for messages `from` to `to`, both included, of those that the log still has. */
  pieces(from: number, to: number): readonly Piece[];
}

interface Written {
  readonly json: string;
  /** Bytes of all messages since this memory began, up to this one. */
  readonly sum: number;
}

/** @param size How many messages to hold; more than any client may owe. */
export function createRecent(log: Pick<Log, "last" | "range">, size: number): Recent {
  /** `ring[i]` is the message of number `first + i`. */
  let ring: Written[] = [];
  let first = log.last() + 1;
  let memo: { readonly from: number; readonly to: number; readonly pieces: readonly Piece[] } | undefined;

  const sumAt = (seq: number) =>
    ring[seq - first]?.sum ?? (seq === first - 1 ? (ring[0]?.sum ?? 0) - firstBytes() : 0);
  const firstBytes = () => (ring[0] === undefined ? 0 : utf8Bytes(ring[0].json));

  const push = (messages: readonly Message[]) => {
    let sum = ring.at(-1)?.sum ?? 0;
    for (const message of messages) {
      const json = JSON.stringify(message);
      sum += utf8Bytes(json);
      ring.push({ json, sum });
    }
    // Now and then, not each time: moving what is left costs.
    if (ring.length > 2 * size) {
      first += ring.length - size;
      ring = ring.slice(-size);
    }
  };

  const write = (from: number, to: number): readonly Piece[] => {
    const written =
      from >= first
        ? Array.from(
            { length: to - from + 1 },
            (_, index) => [from + index, ring[from + index - first]?.json ?? ""] as const,
          )
        : log.range(from, to).map((message) => [message.seq, JSON.stringify(message)] as const);
    const pieces: Piece[] = [];
    let group: string[] = [];
    let bytes = 0;
    let begin = written[0]?.[0] ?? from;
    for (const [index, [seq, json]] of written.entries()) {
      group.push(json);
      bytes += json.length;
      const next = written[index + 1];
      if (next !== undefined && group.length < FRAME_MESSAGES && bytes + next[1].length <= FRAME_BYTES)
        continue;
      pieces.push({ from: begin, to: seq, text: frameOf(group) });
      [group, bytes, begin] = [[], 0, next?.[0] ?? seq];
    }
    return pieces;
  };

  // What was said before the room slept, for those who have not acknowledged it.
  const kept = log.range(log.last() - size + 1, log.last());
  if (kept[0] !== undefined) {
    first = kept[0].seq;
    push(kept);
  }

  return {
    push,
    bytesBetween(after, to) {
      if (after >= first - 1) return sumAt(to) - sumAt(after);
      const owed = to > after ? log.range(after + 1, to) : [];
      return owed.reduce((sum, message) => sum + utf8Bytes(JSON.stringify(message)), 0);
    },
    reach(after, messages, bytes) {
      let to = Math.min(log.last(), after + messages);
      if (after < first - 1) {
        // From the log, a frame's worth at a time: their bytes are known when they are read.
        let sum = 0;
        for (const message of log.range(after + 1, to)) {
          sum += utf8Bytes(JSON.stringify(message));
          if (sum > bytes) return Math.max(after, message.seq - 1);
        }
        return to;
      }
      while (to > after && sumAt(to) - sumAt(after) > bytes) to -= 1;
      return to;
    },
    pieces(from, to) {
      if (to < from) return [];
      if (memo?.from !== from || memo.to !== to) memo = { from, to, pieces: write(from, to) };
      return memo.pieces;
    },
  };
}

/** A message alone is a `msg`; several are a `batch`. */
function frameOf(group: readonly string[]): string {
  const [only = ""] = group;
  return group.length === 1 ? `{"t":"msg",${only.slice(1)}` : `{"t":"batch","m":[${group.join(",")}]}`;
}
