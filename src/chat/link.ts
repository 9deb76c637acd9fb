import type { Parsed } from "./parse-frame.ts";
import type { CloseCode, Member, Message, NORMAL } from "./wire.ts";

/** A client of a relay, by the number that the relay gave it; never given again in one life of the relay. */
export interface Conn {
  readonly relay: number;
  readonly number: number;
}

/** What a relay tells its room. */
export type UpOp =
  | { readonly do: "open"; readonly conn: number; readonly address?: string | undefined }
  | { readonly do: "heard"; readonly conn: number; readonly parsed: Parsed }
  | { readonly do: "gone"; readonly conn: number }
  /** One who was behind is so no more. */
  | { readonly do: "caught-up"; readonly conn: number }
  /** Nothing, but that the relay is there. */
  | { readonly do: "beat" };

/** What a room tells a relay. */
export type DownOp =
  /** The number after which the end of the log follows. */
  | { readonly do: "begin"; readonly last: number }
  /** Who somebody is; when they come in, also what they have. */
  | { readonly do: "user"; readonly conn: number; readonly user: Member; readonly sent: number }
  /** With the `id` of what it answers, if it does. */
  | {
      readonly do: "tell";
      readonly conn: number;
      readonly text: string;
      readonly answers?: string | undefined;
    }
  | { readonly do: "tell-all"; readonly text: string; readonly butUid?: string | undefined }
  | { readonly do: "log"; readonly messages: readonly Message[] }
  | {
      readonly do: "close";
      readonly conn: number;
      readonly code: CloseCode | typeof NORMAL;
      readonly reason: string;
    };

/**
 * What both ends speak. It changes whenever what they tell one another does: a deploy does not reach both in one moment,
 * and until it has, neither takes what the other says.
 */
export const LINK_VERSION = 1;

/** What is told at once. Batches count from 1 in one link, which is a life of a room and a life of a relay. */
interface Batch<Op> {
  readonly n: number;
  readonly ops: readonly Op[];
}

/** A call of a relay. Lives are numbers that grow with each. */
export interface UpCall extends Batch<UpOp> {
  /** {@link LINK_VERSION} of who calls. */
  readonly version: number;
  readonly relay: number;
  readonly life: number;
  /** The room's life; 0 as long as it is not known. */
  readonly room: number;
}

/** A call of a room. */
export interface DownCall extends Batch<DownOp> {
  readonly version: number;
  readonly relay: number;
  readonly life: number;
  readonly room: number;
}

/** Whether a call was taken, now or before; if not, the link is over. */
export interface LinkAnswer {
  readonly room: number;
  readonly isTaken: boolean;
}

/**
 * So much leaves in one call at most, unless it is one operation, for the platform takes 32 MiB; and so much may wait:
 * above it, the other side is given up.
 */
const MOST_OPS = 2_000;
const MOST_BYTES = 8 * 1024 * 1024;
const MOST_WAITING = 50_000;

/** A call that is not answered by then has failed. */
const CALL_MS = 5_000;
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 1_000;
/** Who cannot be reached for so long is given up. */
const GIVE_UP_MS = 10_000;

/**
 * One direction of a link: what is to be told leaves in numbered batches, one at a time, and the same batch again until
 * it arrives. What comes in meanwhile leaves together in the next.
 */
export interface Sender<Op> {
  push(this: void, op: Op): void;
  /** The batch to send now. */
  next(nowMs: number): Batch<Op> | undefined;
  /** A batch was taken, or its call failed. */
  settled(n: number, isTaken: boolean, nowMs: number): void;
  /** Whether it is of no use to go on. */
  isHopeless(nowMs: number): boolean;
  dueMs(): number;
}

/** Begins with nothing to tell. */
export function createSender<Op>(): Sender<Op> {
  let waiting: Op[] = [];
  let batch: Batch<Op> | undefined;
  let n = 0;
  let isUnderWay = false;
  let failures = 0;
  let failingSinceMs = Infinity;
  /** When the batch is to be sent again, or, while it is under way, when that has failed. */
  let atMs = -Infinity;
  return {
    push: (op) => void waiting.push(op),
    next(nowMs) {
      if (isUnderWay && nowMs >= atMs) this.settled(n, false, nowMs);
      if (isUnderWay || nowMs < atMs || (batch === undefined && waiting.length === 0)) return undefined;
      if (batch === undefined) {
        const size = fitting(waiting);
        batch = { n: (n += 1), ops: waiting.slice(0, size) };
        waiting = waiting.slice(size);
      }
      [isUnderWay, atMs] = [true, nowMs + CALL_MS];
      return batch;
    },
    settled(which, isTaken, nowMs) {
      if (which !== n || batch === undefined) return;
      if (isTaken) {
        [batch, failures, failingSinceMs, atMs] = [undefined, 0, Infinity, -Infinity];
      } else {
        if (!isUnderWay) return;
        failingSinceMs = Math.min(failingSinceMs, nowMs);
        atMs = nowMs + Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
        failures += 1;
      }
      isUnderWay = false;
    },
    isHopeless: (nowMs) => nowMs - failingSinceMs > GIVE_UP_MS || waiting.length > MOST_WAITING,
    dueMs: () => (batch !== undefined ? atMs : waiting.length > 0 ? -Infinity : Infinity),
  };
}

/** How many operations leave together. */
function fitting(ops: readonly unknown[]): number {
  let bytes = 0;
  const end = ops.findIndex((op, index) => {
    bytes += sizeOf(op);
    return index === MOST_OPS || (index > 0 && bytes > MOST_BYTES);
  });
  return end < 0 ? ops.length : end;
}

/** How many bytes a value has in a call, at most: two for each unit of a text. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return 2 * value.length + 8;
  if (typeof value !== "object" || value === null) return 16;
  return Object.entries(value).reduce((sum, [name, one]) => sum + name.length + 8 + sizeOf(one), 16);
}
