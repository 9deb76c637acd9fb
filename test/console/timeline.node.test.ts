import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Timeline, gainOf, layOut } from "../../console/timeline.ts";

const span = (startMs: number, endMs: number, name = "facts") => ({ name, startMs, endMs, outcome: "ok" });

/** Any timeline a Worker could send: spans that end within it, some at once. */
const timelines: fc.Arbitrary<Timeline> = fc
  .record({
    durationMs: fc.double({ min: 0.1, max: 60_000, noNaN: true }),
    cuts: fc.array(
      fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
    ),
  })
  .map(({ durationMs, cuts }) => ({
    durationMs,
    spans: cuts.map(([a, b]) => span(Math.min(a, b) * durationMs, Math.max(a, b) * durationMs)),
  }));

describe("layOut", () => {
  it("places bars as fractions of the request", () => {
    const { bars } = layOut({ durationMs: 200, spans: [span(0, 100), span(50, 200, "cities")] });
    expect(bars).toEqual([
      { ...span(0, 100), left: 0, width: 0.5 },
      { ...span(50, 200, "cities"), left: 0.25, width: 0.75 },
    ]);
  });

  it("stretches the axis to a span that ends after the request", () => {
    const { extentMs, bars } = layOut({ durationMs: 100, spans: [span(0, 200)] });
    expect(extentMs).toBe(200);
    expect(bars).toMatchObject([{ left: 0, width: 1 }]);
  });

  it.each([
    ["at the start", 0],
    ["at the end", 100],
  ])("shows a span that took no time %s, inside the axis", (_, atMs) => {
    const { bars } = layOut({ durationMs: 100, spans: [span(atMs, atMs)] });
    const { left = Number.NaN, width = Number.NaN } = bars[0] ?? {};
    expect(width).toBeGreaterThan(0);
    expect(left + width).toBeLessThanOrEqual(1);
  });

  it.each([
    [101.2, [0, 20, 40, 60, 80, 100]],
    [100, [0, 20, 40, 60, 80, 100]],
    [2_005, [0, 500, 1000, 1500, 2000]],
    [7, [0, 2, 4, 6]],
    [0.4, [0, 0.1, 0.2, 0.3, 0.4]],
    [60_000, [0, 20_000, 40_000, 60_000]],
  ])("marks %d ms at round distances", (durationMs, marks) => {
    expect(layOut({ durationMs, spans: [] }).ticks.map(({ atMs }) => atMs)).toEqual(marks);
  });

  it("draws a request that took no time", () => {
    const { extentMs, ticks } = layOut({ durationMs: 0, spans: [span(0, 0)] });
    expect(extentMs).toBe(1);
    expect(ticks[0]).toEqual({ atMs: 0, left: 0 });
  });

  it("keeps every bar and every tick on the axis, and the ticks few", () => {
    fc.assert(
      fc.property(timelines, (timeline) => {
        const { bars, ticks } = layOut(timeline);
        for (const { left, width } of bars) {
          expect(left).toBeGreaterThanOrEqual(0);
          expect(left + width).toBeLessThanOrEqual(1 + 1e-9);
        }
        expect(ticks.length).toBeGreaterThanOrEqual(3);
        expect(ticks.length).toBeLessThanOrEqual(6);
        expect(ticks.every(({ left }) => left >= 0 && left <= 1 + 1e-9)).toBe(true);
      }),
    );
  });
});

describe("gainOf", () => {
  it("sets all at once against one after the other", () => {
    const spans = [span(0.4, 100.9), span(0.5, 99.5), span(0.5, 100), span(0.6, 98.6)];
    const { togetherMs, inTurnMs, ratio } = gainOf({ durationMs: 101.2, spans });
    expect(togetherMs).toBe(101.2);
    expect(inTurnMs).toBeCloseTo(397);
    expect(ratio).toBeCloseTo(397 / 101.2);
  });

  it.each([
    ["one call is all there was", { durationMs: 100, spans: [span(10, 90)] }],
    ["nothing took any time", { durationMs: 0, spans: [span(0, 0)] }],
    ["nothing was asked", { durationMs: 3, spans: [] }],
  ])("claims no gain where %s", (_, timeline) => {
    expect(gainOf(timeline).ratio).toBe(1);
  });
});
