import { describe, expect, it } from "vitest";
import { formatMs } from "../../src/aggregate/format-ms.ts";

describe("formatMs", () => {
  it.each([
    [0, "0 ms"],
    [0.4, "0 ms"],
    [999, "999 ms"],
    [999.6, "1 s"],
    [1_234, "1.2 s"],
    [20_000, "20 s"],
    [60_000, "1 min"],
    [61_000, "61 s"],
    [3_600_000, "1 h"],
    [5_400_000, "90 min"],
  ])("writes %d ms as %s", (ms, text) => {
    expect(formatMs(ms)).toBe(text);
  });
});
