/** No message waits longer than this to leave with others. */
const LONGEST_TICK_MS = 100;

/**
 * What a send costs at least, of which the room sees nothing: the platform writes to sockets when the room's turn is
 * over, and in production the clock stands still until then.
 */
const FLOOR_MS_PER_SOCKET = 0.02;

/** Flushes take at most one part in this many of the time. */
const SHARE = 2;

/** How much the last flush says against those before. */
const WEIGHT = 0.3;

/**
 * When to send on what has come in. After silence, at once; else not before the last flush has been over for as long as
 * it took, so that a room that has much to send sends it in fewer, fuller frames.
 */
export interface Pace {
  /** From when on a flush may begin. */
  nextMs(): number;
  /**
   * Tells of a flush.
   *
   * @param costMs As far as it could be measured.
   * @param lateMs How late it was: what else there was to do counts as well.
   */
  flushed(
    nowMs: number,
    flush: { readonly costMs: number; readonly lateMs: number; readonly sockets: number },
  ): void;
}

/** Starts with no delay at all. */
export function createPace(): Pace {
  let averageMs = 0;
  let nextMs = -Infinity;
  return {
    nextMs: () => nextMs,
    flushed(nowMs, { costMs, lateMs, sockets }) {
      averageMs += WEIGHT * (costMs + lateMs - averageMs);
      const tickMs = Math.max(SHARE * averageMs, FLOOR_MS_PER_SOCKET * sockets);
      nextMs = nowMs + Math.min(LONGEST_TICK_MS, Math.floor(tickMs));
    },
  };
}
