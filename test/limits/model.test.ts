import { describe, expect, it } from "vitest";
import { playSequence } from "./sequence.ts";

describe("createLimiter, against a model that fills its buckets a millisecond at a time", () => {
  // `npm run simulate -- limits` plays a million others.
  it("decides the same in 2,000 random sequences, and lets no window use more than its policies allow", () => {
    let used = 0;
    for (let seed = 1; seed <= 2_000; seed += 1) used += playSequence(seed);
    expect(used).toBeGreaterThan(10_000);
  });
});
