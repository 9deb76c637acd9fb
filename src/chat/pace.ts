/** No message waits longer than this to leave with others. */
const LONGEST_TICK_MS = 100;

/**
 * What a send costs at least. In production part of it is done elsewhere, where it cannot be measured; a room that sent
 * more often would make more frames than whoever reads them likes.
 */
const FLOOR_MS_PER_SOCKET = 0.02;

/** After a flush there is rest, for a part of the time that it took: sending takes four fifths of the time at most. */
const REST = 1 / 4;

/** A timer comes so much later than it should (workerd 1.20261023), and that is rest, too. */
const LATE_MS = 1;

/**
 * When to send on what has come in. After silence, at once; else not before there was rest after the last flush, so that
 * a room that has much to send sends it in fewer, fuller frames, and others on this machine are served meanwhile.
 *
 * A flush is not over when the room's turn is: what it gave to its sockets is written afterwards, and the clock may
 * stand still until then. So the end is seen in a later turn, that of a timer which waits for nothing and comes after all
 * that there was to do.
 */
export interface Pace {
  /** From when on a flush may begin; `Infinity` while the last is not over. */
  nextMs(): number;
  /** Whether one may begin now. */
  isOpen(nowMs: number): boolean;
  /** When to look whether the last flush is over; `Infinity` if it is known. */
  lookMs(): number;
  began(nowMs: number): void;
  /** A later turn has come. */
  looked(nowMs: number, sockets: number): void;
}

/** Starts with no delay at all. */
export function createPace(): Pace {
  let beganMs: number | undefined;
  let nextMs = -Infinity;
  return {
    nextMs: () => (beganMs === undefined ? nextMs : Infinity),
    isOpen: (nowMs) =>
      // No rest is longer; if it seems to be, the clock was set back.
      beganMs === undefined && (nowMs >= nextMs || nowMs < nextMs - LONGEST_TICK_MS),
    lookMs: () => beganMs ?? Infinity,
    began(nowMs) {
      beganMs ??= nowMs;
    },
    looked(nowMs, sockets) {
      if (beganMs === undefined) return;
      const costMs = nowMs - beganMs;
      beganMs = undefined;
      const restMs = Math.max(costMs * REST, FLOOR_MS_PER_SOCKET * sockets - costMs) - LATE_MS;
      nextMs = nowMs + Math.floor(Math.min(LONGEST_TICK_MS, Math.max(0, restMs)));
    },
  };
}
