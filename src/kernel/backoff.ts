/** How pauses grow. */
export interface Backoff {
  /** Upper bound of the first pause, in milliseconds; it doubles from one to the next. */
  readonly baseMs: number;
  /** Upper bound of any pause. */
  readonly capMs: number;
}

/**
 * How long to pause after so many failures in a row: a random time up to an exponentially growing bound ("full jitter":
 * Marc Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015).
 *
 * @param failures At least 1.
 * @param random Uniform in [0, 1).
 */
export function fullJitterMs(failures: number, { baseMs, capMs }: Backoff, random: () => number): number {
  // Past that, no base makes a number of it: twice nothing for ever is nothing.
  return random() * Math.min(capMs, baseMs * 2 ** Math.min(failures - 1, 1_023));
}
