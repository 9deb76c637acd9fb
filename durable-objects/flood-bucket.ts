import type { MakeBucket } from "../src/chat/flood.ts";
import { fullBucket, takeOne } from "../src/limits/tat.ts";

/** A bucket of the limiter's, for a room to count by. */
export const floodBucket: MakeBucket = ({ burst, perSecond }, nowMs) => {
  const rate = { capacity: burst, refill: { tokens: perSecond, perMs: 1_000 } };
  let tat = fullBucket(nowMs);
  return {
    take(now) {
      const taken = takeOne(tat, rate, now);
      tat = taken.tat;
      return taken.waitMs;
    },
  };
};
