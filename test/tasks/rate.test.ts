import { describe, expect, it } from "vitest";
import { askRate, type Rate, type RateState } from "../../src/tasks/rate.ts";

/** One who asks again and again: `true` for a start, or when to come back. */
function asking() {
  let known: RateState | undefined;
  return (rate: Rate, nowMs: number) => {
    const answer = askRate(rate, known, nowMs);
    known = answer.rate;
    return answer.allowed || answer.againMs;
  };
}

describe("askRate", () => {
  it("lets so many start at once, and tells each of the others a time of its own", () => {
    const ask = asking();
    const rate = { count: 2, perMs: 1_000 };
    expect([0, 0, 0, 0, 0].map((nowMs) => ask(rate, nowMs))).toEqual([true, true, 500, 1_000, 1_500]);
    expect([500, 1_000].map((nowMs) => ask(rate, nowMs))).toEqual([true, true]);
  });

  it("locks nobody out when the clock was set back, and lets no more start for it", () => {
    const ask = asking();
    const rate = { count: 1, perMs: 1_000 };
    expect(ask(rate, 1_000_000)).toBe(true);
    expect(ask(rate, 0)).toBe(1_000);
    expect(ask(rate, 1_000)).toBe(true);
  });

  it("takes the times that it told along when the clock was set back", () => {
    const ask = asking();
    const rate = { count: 1, perMs: 1_000 };
    expect([0, 0, 0].map((ms) => ask(rate, 1_000_000 + ms))).toEqual([true, 1_001_000, 1_002_000]);
    expect(ask(rate, 500_000)).toBe(503_000);
    expect(ask(rate, 500_000)).toBe(504_000);
  });

  it("goes by another rate from the moment that there is one", () => {
    const ask = asking();
    expect(ask({ count: 100, perMs: 60_000 }, 0)).toBe(true);
    expect(ask({ count: 1, perMs: 1_000 }, 0)).toBe(600);
  });
});
