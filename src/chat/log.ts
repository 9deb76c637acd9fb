import type { Message } from "./wire.ts";

/** A message as it is stored: with the id that its sender gave it. */
export interface Entry extends Message {
  readonly id: string;
}

/** Where a message of a sender's id is. */
export interface Place {
  readonly seq: number;
  readonly ts: number;
}

/**
 * The log of a room, whose rows outlive everything else. All of it is synchronous. What was appended must be durable
 * before anything leaves that was sent after: a room relies on that for `ok`.
 */
export interface Log {
  /** Names this log, and no other that a room of the same name ever had. */
  readonly epoch: string;
  /** The highest number ever given, 0 before the first, whether or not that message is still kept. */
  last(): number;
  /** The oldest message that is kept. */
  oldest(): Place | undefined;
  /** From when the oldest id is that is remembered, or from before that. */
  oldestIdMs(): number | undefined;
  /** Appends, in order, all or nothing. Numbers go on from `last()`. */
  append(entries: readonly Entry[]): void;
  /** Those of the messages from one number to another, both included, that are kept; from old to new. */
  range(from: number, to: number): readonly Message[];
  /** The last message of a sender under this id, if it has not been forgotten. */
  find(uid: string, id: string): Place | undefined;
  /** Deletes messages below a number or from before a time, from the old end on, and forgets ids from before another. */
  trim(cut: Cut): void;
}

/** What of a log is let go: whatever is below or before these; `-Infinity` lets no ids go. */
interface Cut {
  readonly seq: number;
  readonly ms: number;
  readonly idsMs: number;
}
