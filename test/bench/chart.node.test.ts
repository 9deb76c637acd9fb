import { describe, expect, it } from "vitest";
import { toSvg } from "../../bench/harness/chart.ts";
import { RESULT } from "./results.ts";

const svg = toSvg(RESULT);

describe("toSvg", () => {
  it("draws the metrics that are to be drawn, a bar a contender, to scale", () => {
    const widths = [...svg.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(([, width]) => Number(width));
    expect(widths).toHaveLength(2);
    expect((widths[1] ?? 0) / (widths[0] ?? 0)).toBeCloseTo(1_300 / 1_500, 2);
    expect(svg).toContain("requests/s, more is better");
    expect(svg).not.toContain("p99");
    expect(svg).not.toContain("never measured");
  });

  it("marks the spread, and Manifold's own bar", () => {
    const spreads = [...svg.matchAll(/<line class="spread" x1="([\d.]+)" x2="([\d.]+)"/g)];
    expect(spreads.map(([, from, to]) => (Number(from) - 202) / (Number(to) - 202))).toEqual([
      expect.closeTo(0.5, 2),
      expect.closeTo(800 / 1_800, 2),
    ]);
    expect(svg.match(/class="bar own"/g)).toHaveLength(1);
  });

  it("names those without numbers, in text that cannot break the picture", () => {
    expect(svg).toContain("wrong &lt;b></text>");
    expect(svg).toContain("one &amp; all");
    expect(svg).toContain(">skipped</text>");
  });

  it("is as high as its cases need", () => {
    const height = (picture: string) => Number(/height="(\d+)">/.exec(picture)?.[1]);
    const twice = toSvg({ ...RESULT, cases: [...RESULT.cases, ...RESULT.cases] });
    expect(height(twice) - 12).toBe(2 * (height(svg) - 12));
  });
});
