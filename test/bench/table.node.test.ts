import { describe, expect, it } from "vitest";
import { toMarkdown } from "../../bench/harness/table.ts";
import { RESULT } from "./results.ts";

const markdown = toMarkdown(RESULT);

describe("toMarkdown", () => {
  it("gives a row a contender: medians with their spread, and the headline's ratio to the first", () => {
    expect(markdown).toContain("|  | requests/s | × by hand | p99 ms |");
    expect(markdown).toContain("| by hand | 1,500 (1,000–2,000) | 1.00 (1.00–1.00) | – |");
    expect(markdown).toContain("| manifold | 1,300 (800–1,800) | 0.850 (0.800–0.900) | 3.00 (2.00–4.00) |");
  });

  it("leaves out what nobody was measured by, and takes the next for the headline", () => {
    expect(markdown).not.toContain("never measured");
    const [never] = RESULT.metrics.toReversed();
    const metrics = never === undefined ? [] : [never, ...RESULT.metrics.slice(0, 2)];
    expect(toMarkdown({ ...RESULT, metrics })).toContain("|  | requests/s | × by hand | p99 ms |");
  });

  it("says why someone has no numbers, or fewer", () => {
    expect(markdown).toContain("| absent | skipped: it is not installed |  |  |");
    expect(markdown).toContain("| wrong <b> | wrong answer: status 500 |  |  |");
    expect(markdown).toContain("| broken | failed: it ended |  |  |");
    expect(markdown).toContain("manifold: 2 rounds, because a round takes 9 s.");
    expect(markdown).toContain("manifold, round 2: the load was late.");
  });

  it("holds the run against its targets", () => {
    expect(markdown).toContain(
      "- met: one & all, manifold, requests/s ≥ 0.800 × by hand: 0.850 (0.800–0.900)",
    );
    expect(markdown).toContain("- missed: one & all, manifold, p99 ms ≤ 2.90: 3.00 (2.00–4.00)");
    expect(markdown).toContain("- not measured: one & all, manifold, requests/s ≥ 1.00 × absent");
  });

  it("tells on what it ran, how busy that was, and what the numbers do not say", () => {
    expect(markdown).toContain("Some CPU, 2 cores, 23.5 GiB; Linux 6; Node 24.0.0, workerd 1.20260101.0.");
    expect(markdown).toContain("2026-11-23, 2 rounds in turn in 12.3 s after a warm-up");
    expect(markdown).toContain("Other programs kept 0.500 cores busy meanwhile.");
    expect(markdown).toContain("- Nothing of this was measured.");
    expect(toMarkdown({ ...RESULT, isQuick: true })).toContain("(quick: for a glance only)");
  });
});
