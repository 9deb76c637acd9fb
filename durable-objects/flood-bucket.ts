import type { MakeBucket } from "../src/chat/flood.ts";
import { fullBucket, moved, roomAtMs } from "../src/limits/tat.ts";

/** A bucket of the limiter's, for a room to count by. */
export const floodBucket: MakeBucket = ({ burst, perSecond }, nowMs) => {
  const rate = { capacity: burst, refill: { tokens: perSecond, perMs: 1_000 } };
  let tat = fullBucket(nowMs);
  return {
    take(now) {
      // A clock that has jumped back takes the bucket with it.
      if (now < tat.baseMs) tat = { ...tat, baseMs: now };
      const waitMs = roomAtMs(tat, rate, 0, 1, now) - now;
      if (waitMs === 0) tat = moved(tat, rate, 0, 1, now);
      return waitMs;
    },
  };
};
