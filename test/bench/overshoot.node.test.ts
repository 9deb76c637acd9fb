import { describe, expect, it } from "vitest";
import { overshootOf } from "../../bench/limits/overshoot.ts";

const burst = (count: number, atMs: number) => Array.from({ length: count }, () => atMs);

describe("overshootOf", () => {
  it.each([
    ["as much as a bucket holds, at once", burst(1_000, 0), 0],
    ["what the way of an answer may explain", burst(1_050, 0), 0],
    ["more", burst(1_100, 0), 50],
    ["twice as much when the bucket has filled between", [...burst(1_000, 0), ...burst(1_000, 1_000)], 0],
    ["two windows that meet", [0, ...burst(999, 900), ...burst(1_000, 1_000)], 849],
  ])("finds in %s", (_, times, most) => {
    expect(overshootOf(times, 1_000, 1_000)).toBe(most);
  });
});
