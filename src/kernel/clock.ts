/** Where time comes from. Pass one in, and time is a parameter. */
export interface Clock {
  /** Milliseconds since an origin of the clock's own; only differences mean something. */
  now(): number;
  /**
   * Calls `callback` once, `ms` milliseconds from now.
   *
   * @returns Cancels the call; harmless when it has happened.
   */
  setTimer(callback: () => void, ms: number): () => void;
}

/** The longest delay a platform timer takes (2^31 − 1 ms); a longer one fires at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** The platform's time and timers, for delays of any length. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimer(callback, ms) {
    let left = ms;
    let timer: ReturnType<typeof setTimeout>;
    const arm = () => {
      const step = Math.min(left, LONGEST_TIMER_MS);
      left -= step;
      timer = setTimeout(left > 0 ? arm : callback, step);
    };
    arm();
    return () => clearTimeout(timer);
  },
};
