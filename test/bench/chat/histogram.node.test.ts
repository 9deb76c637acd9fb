import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createHistogram } from "../../../bench/chat/load/histogram.ts";

describe("createHistogram", () => {
  it("gives small values back as they are", () => {
    const histogram = createHistogram();
    for (let value = 0; value < 64; value += 1) histogram.record(value);
    expect(histogram.quantile(0)).toBe(0);
    expect(histogram.quantile(0.5)).toBe(31);
    expect(histogram.quantile(1)).toBe(63);
  });

  it("gives each quantile to within 2 % of a value that has that place", () => {
    const values = fc.array(fc.nat(2 ** 31 - 1), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
        const histogram = createHistogram();
        for (const value of all) histogram.record(value);
        const sorted = all.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil(share * all.length)) - 1] ?? 0;
        expect(Math.abs(histogram.quantile(share) - exact)).toBeLessThanOrEqual(exact * 0.02);
      }),
    );
  });

  it("counts a value that comes many times as often as it came", () => {
    const histogram = createHistogram();
    histogram.record(1, 98);
    histogram.record(10, 2);
    expect(histogram.count).toBe(100);
    expect(histogram.quantile(0.98)).toBe(1);
    expect(histogram.quantile(0.99)).toBe(10);
  });

  it("counts what is too high as the highest there is", () => {
    const histogram = createHistogram();
    histogram.record(1e12);
    expect(histogram.quantile(0.5)).toBeGreaterThan(2.1e9);
  });

  it("has 0 for every quantile of nothing", () => {
    expect(createHistogram().quantile(0.99)).toBe(0);
  });
});
