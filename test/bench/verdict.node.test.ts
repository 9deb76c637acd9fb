import { describe, expect, it } from "vitest";
import { judge } from "../../bench/harness/verdict.ts";
import { RESULT } from "./results.ts";

describe("judge", () => {
  it("lets the median decide, of the ratios round by round or of the numbers themselves", () => {
    const verdicts = judge(RESULT).map(({ kind }) => kind);
    expect(verdicts).toEqual(["met", "missed", "met", "missed", "not measured"]);
  });

  it("says what was found", () => {
    expect(judge(RESULT)[0]).toMatchObject({
      found: { median: expect.closeTo(0.85, 5), least: 0.8, most: 0.9 },
    });
  });
});
