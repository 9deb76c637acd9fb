import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quantile, ratios, summarize } from "../../bench/harness/statistics.ts";

describe("quantile", () => {
  it.each([
    [[5], 0.5, 5],
    [[1, 2], 0.5, 1.5],
    [[1, 2, 3, 4, 5], 0.5, 3],
    [[1, 2, 3, 4, 5], 0, 1],
    [[1, 2, 3, 4, 5], 1, 5],
    [[0, 10], 0.99, 9.9],
  ])("of %j at %d is %d", (sorted, share, value) => {
    expect(quantile(sorted, share)).toBeCloseTo(value, 10);
  });

  it("refuses to speak for no values", () => {
    expect(() => quantile([], 0.5)).toThrow("Expected at least one value, got none");
  });
});

describe("summarize", () => {
  it("gives the median with the least and the most, whatever the order", () => {
    const values = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1 });
    fc.assert(
      fc.property(values, (some) => {
        const { median, least, most } = summarize(some);
        expect([least, most]).toEqual([Math.min(...some), Math.max(...some)]);
        const below = some.filter((value) => value < median).length;
        const above = some.filter((value) => value > median).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(some.length / 2);
      }),
    );
  });
});

describe("ratios", () => {
  it("cancels out what strikes both in a round", () => {
    const noise = [1, 3, 0.5];
    const own = noise.map((factor) => 80 * factor);
    const base = noise.map((factor) => 100 * factor);
    expect(ratios(own, base)).toEqual([0.8, 0.8, 0.8]);
  });

  it("leaves out rounds that only one has, and divisions by nothing", () => {
    expect(ratios([1, 2, 3], [2, 0])).toEqual([0.5]);
    expect(ratios([undefined, 2, 3], [1, undefined, 6])).toEqual([0.5]);
  });
});
