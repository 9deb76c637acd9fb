import { describe, expect, it } from "vitest";
import { askRate } from "../../src/tasks/rate.ts";

describe("askRate", () => {
  it("lets so many start at once, and tells each of the others a time of its own", () => {
    const rate = { count: 2, perMs: 1_000 };
    let known: Parameters<typeof askRate>[1];
    const answers = [0, 0, 0, 0].map((nowMs) => {
      const answer = askRate(rate, known, nowMs);
      known = answer.rate;
      return answer.allowed || answer.againMs;
    });
    expect(answers).toEqual([true, true, 500, 1_000]);
  });
});
