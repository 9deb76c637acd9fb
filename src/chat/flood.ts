import type { FloodRate, FloodSettings } from "./settings.ts";

/** A token bucket. */
interface Bucket {
  /** Takes a token. @returns 0, or in how many milliseconds there will be one, and then none is taken. */
  take(nowMs: number): number;
}

/** Makes a full bucket. The limiter's, or any other: a room does not care how it is counted. */
export type MakeBucket = (rate: FloodRate, nowMs: number) => Bucket;

/** What somebody who would say something is told. */
type FloodVerdict = "go" | { readonly retryAfterMs: number; readonly isOver: boolean };

/** Keeps one connection from saying too much. */
export interface FloodGuard {
  take(nowMs: number): FloodVerdict;
}

/** Keeps a room from being flooded. */
export interface Flood {
  guardFor(address: string | undefined, nowMs: number): FloodGuard;
}

/** So many addresses are remembered; with one more, the one that has said nothing for longest is forgotten. */
const MOST_ADDRESSES = 10_000;

/**
 * Counts by connection and by address. Nothing of it outlives a hibernation, and nothing has to: that comes after a
 * silence in which the buckets of these rates fill up again.
 */
export function createFlood(settings: FloodSettings | "off", makeBucket: MakeBucket): Flood {
  if (settings === "off") return { guardFor: () => ({ take: () => "go" }) };
  const { connection, address: addressRate, violations: most, violationsMs } = settings;
  const byAddress = new Map<string, Bucket>();

  const bucketOf = (address: string, nowMs: number): Bucket => {
    const bucket = byAddress.get(address) ?? makeBucket(addressRate, nowMs);
    // The last used stands last.
    byAddress.delete(address);
    byAddress.set(address, bucket);
    const [oldest] = byAddress.keys();
    if (byAddress.size > MOST_ADDRESSES && oldest !== undefined) byAddress.delete(oldest);
    return bucket;
  };

  return {
    guardFor(address, nowMs) {
      const own = makeBucket(connection, nowMs);
      let violations: readonly number[] = [];
      return {
        take(now) {
          // The connection's own first: who is refused there takes nothing from neighbours.
          const waitMs = own.take(now) || (address === undefined ? 0 : bucketOf(address, now).take(now));
          if (waitMs === 0) return "go";
          violations = [...violations.filter((at) => at > now - violationsMs), now];
          return { retryAfterMs: waitMs, isOver: violations.length >= most };
        },
      };
    },
  };
}
