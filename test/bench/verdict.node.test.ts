import { describe, expect, it } from "vitest";
import type { Measurement } from "../../bench/harness/bench.ts";
import { judge } from "../../bench/harness/verdict.ts";
import { RESULT } from "./results.ts";

describe("judge", () => {
  it("lets the median decide, of the ratios round by round or of the numbers themselves", () => {
    const verdicts = judge(RESULT).map(({ kind }) => kind);
    expect(verdicts).toEqual(["met", "missed", "met", "missed", "not measured"]);
  });

  it("compares a round with the same round, also where an earlier one has no number", () => {
    const samplesOf = (...samples: readonly Measurement[]) => ({ kind: "measured" as const, samples });
    const contenders = [
      { name: "by hand", ...samplesOf({}, { n: 10 }, { n: 100 }) },
      { name: "manifold", ...samplesOf({ n: 1 }, { n: 10 }, { n: 100 }) },
    ];
    const target = { case: "one", contender: "manifold", metric: "n", against: "by hand" };
    const [verdict] = judge({ cases: [{ name: "one", contenders }], targets: [target] });
    expect(verdict).toMatchObject({ found: { median: 1, least: 1, most: 1 } });
  });

  it("says what was found", () => {
    expect(judge(RESULT)[0]).toMatchObject({
      found: { median: expect.closeTo(0.85, 5), least: 0.8, most: 0.9 },
    });
  });
});
