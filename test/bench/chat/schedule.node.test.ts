import { describe, expect, it } from "vitest";
import { schedule } from "../../../bench/chat/load/schedule.ts";

describe("schedule", () => {
  it("starts at once and keeps its pace to the last", () => {
    expect(schedule(4, 4)).toEqual([0, 250, 500, 750]);
    expect(schedule(3, 2_000)).toEqual([0, 0.5, 1]);
    expect(schedule(0, 10)).toEqual([]);
  });

  it("does not drift", () => {
    expect(schedule(100_001, 3_000).at(-1)).toBeCloseTo(33_333.333, 2);
  });
});
