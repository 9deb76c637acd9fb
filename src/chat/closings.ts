import type { Session } from "./session.ts";
import { CLOSE, type CloseCode } from "./wire.ts";

/** One who was refused or sent away, for the operator's eyes. */
export interface Closing {
  readonly code: CloseCode;
  readonly reason: string;
  /** Who it was, if they had said hello. */
  readonly uid?: string;
  /** So many before it were not told of. */
  readonly untold?: number;
}

/** Told of no more than this in a second: a room that is full may refuse thousands. */
const MOST_A_SECOND = 5;

/** Tells of closings, but of those that are all in a day's work: 42xx, after which clients are back at once. */
export function createClosings(tell: (closing: Closing) => void) {
  let sinceMs = -Infinity;
  let told = 0;
  let untold = 0;
  return {
    note({ user }: Pick<Session<unknown>, "user">, code: CloseCode, reason: string, nowMs: number): void {
      if (code >= CLOSE.restart) return;
      if (nowMs >= sinceMs + 1_000 || nowMs < sinceMs) [sinceMs, told] = [nowMs, 0];
      if (told === MOST_A_SECOND) {
        untold += 1;
        return;
      }
      told += 1;
      tell({ code, reason, ...(user !== undefined && { uid: user.uid }), ...(untold > 0 && { untold }) });
      untold = 0;
    },
  };
}
