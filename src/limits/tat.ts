/**
 * A token bucket as one number, the theoretical arrival time of GCRA (ITU-T I.371): when the bucket will be full
 * again. Counted in ticks from `baseMs`, where a refill of L tokens makes L ticks of a millisecond and a token of a
 * refill every P ms costs P ticks: all of it is whole numbers, and exact. The base moves along with every change, so
 * that the numbers stay small.
 */
export interface Tat {
  readonly baseMs: number;
  /** From 0 to the capacity's ticks. */
  readonly ticks: number;
}

/** At most `capacity` tokens, of which `refill.tokens` come back every `refill.perMs` milliseconds, evenly. */
interface Rate {
  readonly capacity: number;
  readonly refill: { readonly tokens: number; readonly perMs: number };
}

/** A full bucket. */
export function fullBucket(nowMs: number): Tat {
  return { baseMs: nowMs, ticks: 0 };
}

/**
 * What the bucket lacks at a time, in ticks.
 *
 * @param held Tokens that were taken and may yet be used: they are still in the bucket as far as its capacity goes, so
 *   it never lacks less than them.
 */
function lackAt({ baseMs, ticks }: Tat, { refill }: Rate, held: number, nowMs: number): number {
  return Math.max(ticks - (nowMs - baseMs) * refill.tokens, held * refill.perMs);
}

/** The bucket after `tokens` are taken out; negative ones come back. */
export function moved(tat: Tat, rate: Rate, held: number, tokens: number, nowMs: number): Tat {
  return { baseMs: nowMs, ticks: lackAt(tat, rate, held, nowMs) + tokens * rate.refill.perMs };
}

/** The first millisecond, from `nowMs` on, at which the bucket has `cost` tokens; `Infinity` while too many are held. */
export function roomAtMs(tat: Tat, rate: Rate, held: number, cost: number, nowMs: number): number {
  const { capacity, refill } = rate;
  if (held + cost > capacity) return Infinity;
  const excess = tat.ticks - (capacity - cost) * refill.perMs;
  return Math.max(nowMs, tat.baseMs + divideUp(excess, refill.tokens));
}

/**
 * Takes a token if there is one: `waitMs` is 0 then, and else how long it is until there is. A clock that has jumped back
 * takes the bucket with it.
 */
export function takeOne(tat: Tat, rate: Rate, nowMs: number): { readonly tat: Tat; readonly waitMs: number } {
  const now = nowMs < tat.baseMs ? { ...tat, baseMs: nowMs } : tat;
  const waitMs = roomAtMs(now, rate, 0, 1, nowMs) - nowMs;
  return { tat: waitMs === 0 ? moved(now, rate, 0, 1, nowMs) : now, waitMs };
}

/** How many whole tokens the bucket has. */
export function tokensAt(tat: Tat, rate: Rate, held: number, nowMs: number): number {
  const { capacity, refill } = rate;
  const ticks = capacity * refill.perMs - lackAt(tat, rate, held, nowMs);
  return Math.max(0, (ticks - (ticks % refill.perMs)) / refill.perMs);
}

/** The same time under a rate that has changed: no later than it takes to fill the new bucket. */
export function rescaled({ baseMs, ticks }: Tat, fromTokens: number, rate: Rate): Tat {
  const exact =
    fromTokens === rate.refill.tokens ? ticks : Math.ceil((ticks / fromTokens) * rate.refill.tokens);
  return { baseMs, ticks: Math.min(exact, rate.capacity * rate.refill.perMs) };
}

/** ⌈a / b⌉ of whole numbers, for which floating division can be a hair too small. */
function divideUp(a: number, b: number): number {
  const rest = a % b;
  return (a - rest) / b + (rest > 0 ? 1 : 0);
}
