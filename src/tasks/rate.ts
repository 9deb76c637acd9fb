import { fullBucket, rescaled, takeOne, type Tat } from "../limits/tat.ts";

/** So many starts in that time. */
export interface Rate {
  readonly count: number;
  readonly perMs: number;
}

/** What is kept of the starts of a type: the limiter's bucket, and the rate that its ticks are of. */
export interface RateState extends Tat {
  readonly tokens: number;
  /** Whoever is refused next is told no earlier time. */
  readonly deferMs: number;
}

/** Whether a task may start, and what to remember; or when to ask again. */
export type RateAnswer =
  | { readonly allowed: true; readonly rate: RateState }
  | { readonly allowed: false; readonly againMs: number; readonly rate: RateState };

/**
 * Asks for one start, with `count` at once. Each who is refused is told a time of its own, so that they do not all come
 * back together.
 */
export function askRate({ count, perMs }: Rate, known: RateState | undefined, nowMs: number): RateAnswer {
  const rate = { capacity: count, refill: { tokens: count, perMs } };
  const before = known === undefined ? fullBucket(nowMs) : rescaled(known, known.tokens, rate);
  const { tat, waitMs } = takeOne(before, rate, nowMs);
  // A clock that was set back takes what was told along, as it does the bucket.
  const deferMs = (known?.deferMs ?? 0) + Math.min(0, nowMs - before.baseMs);
  if (waitMs === 0) return { allowed: true, rate: { ...tat, tokens: count, deferMs } };
  const againMs = Math.ceil(Math.max(nowMs + waitMs, deferMs));
  return { allowed: false, againMs, rate: { ...tat, tokens: count, deferMs: againMs + perMs / count } };
}
