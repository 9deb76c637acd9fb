import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLatencies } from "../../src/aggregate/latencies.ts";

/** A sample that has seen these durations. */
function sampleOf(durations: readonly number[], options?: { size?: number; minSamples?: number }) {
  const latencies = createLatencies(options);
  for (const ms of durations) latencies.record(ms);
  return latencies;
}

const oneTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe("createLatencies", () => {
  it("says nothing until it has seen enough", () => {
    const latencies = sampleOf(oneTo(19));
    expect(latencies.quantile(0.5)).toBeUndefined();
    latencies.record(20);
    expect(latencies.quantile(0.5)).toBe(10);
  });

  it.each([
    [20, 0, 1],
    [20, 0.049, 1],
    [20, 0.05, 1],
    [20, 0.051, 2],
    [20, 0.5, 10],
    [20, 0.95, 19],
    [20, 0.951, 20],
    [20, 1, 20],
    [25, 0.28, 7], // 0.28 × 25 is more than 7 in floating point
  ])("takes the value at the nearest rank: of 1 to %d, at %d, it is %d", (last, q, expected) => {
    expect(sampleOf(oneTo(last).toReversed()).quantile(q)).toBe(expected);
  });

  it("forgets the oldest beyond its size", () => {
    const latencies = sampleOf([...oneTo(100).map((ms) => ms * 1_000), ...oneTo(128)]);
    expect(latencies.count).toBe(128);
    expect(latencies.quantile(1)).toBe(128);
  });

  it("takes in what is recorded after it was asked", () => {
    const latencies = sampleOf([1, 2], { size: 2, minSamples: 1 });
    expect(latencies.quantile(1)).toBe(2);
    latencies.record(3);
    latencies.record(4);
    expect(latencies.quantile(0)).toBe(3);
  });

  it.each([-1, Number.NaN])("leaves out %d, which no call takes", (ms) => {
    expect(sampleOf([ms]).count).toBe(0);
  });

  it("gives the least value that a share of the last ones does not exceed, for any values", () => {
    const durations = fc.array(fc.oneof(fc.nat({ max: 5 }), fc.double({ min: 0, max: 1e6, noNaN: true })), {
      minLength: 1,
      maxLength: 60,
    });
    const shares = fc.nat({ max: 1_000 }).map((thousandths) => thousandths / 1_000);
    fc.assert(
      fc.property(durations, fc.integer({ min: 1, max: 40 }), shares, (all, size, q) => {
        const latencies = sampleOf(all, { size, minSamples: 1 });
        const last = all.slice(-size);
        const isEnough = (limit: number) => last.filter((ms) => ms <= limit).length / last.length >= q;
        expect(latencies.count).toBe(last.length);
        expect(latencies.quantile(q)).toBe(Math.min(...last.filter(isEnough)));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    [{ size: 0 }, "Expected `size` to be an integer ≥ 1, got 0"],
    [{ size: 2.5 }, "Expected `size` to be an integer ≥ 1, got 2.5"],
    [{ minSamples: 0 }, "Expected `minSamples` to be an integer from 1 to `size`, 128, got 0"],
    [{ minSamples: 129 }, "Expected `minSamples` to be an integer from 1 to `size`, 128, got 129"],
    [{ minSamples: 1.5 }, "Expected `minSamples` to be an integer from 1 to `size`, 128, got 1.5"],
  ])("refuses %o", (options, message) => {
    expect(() => createLatencies(options)).toThrow(new RangeError(message));
  });

  it.each([-0.1, 1.1, Number.NaN])("refuses %d as a quantile", (q) => {
    expect(() => sampleOf(oneTo(20)).quantile(q)).toThrow(
      new RangeError(`Expected \`q\` to be a number from 0 to 1, got ${q}`),
    );
  });
});
