import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AttemptKind } from "../../src/aggregate/attempt-log.ts";
import { layOut, roomFor } from "../../console/timeline-layout.ts";
import { gainOf, type Timeline } from "../../console/timeline.ts";

const call = (kind: AttemptKind, startMs: number, endMs: number, outcome = "ok") => ({
  upstream: "atlas",
  kind,
  startMs,
  endMs,
  outcome,
});

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
    expect(bars).toMatchObject([
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

  it("puts calls that run at once on lines of their own, and others behind one another", () => {
    const attempts = [
      call("first", 0, 50),
      call("first", 10, 30),
      call("first", 30, 60),
      call("first", 50, 90),
    ];
    const { bars } = layOut({ durationMs: 100, spans: [{ ...span(0, 100), attempts }] });
    expect(bars[0]?.lines).toBe(2);
    expect(bars[0]?.calls.map(({ startMs, line }) => [startMs, line])).toEqual([
      [0, 0],
      [50, 0],
      [10, 1],
      [30, 1],
    ]);
  });

  it("marks where each call began that was not the first, and those too close to tell apart as one", () => {
    const attempts = [
      call("first", 0, 20, "status=503"),
      call("retry", 30, 40, "status=503"),
      call("retry", 31, 40, "status=503"),
      call("hedge", 31, 40),
      call("retry", 80, 90),
    ];
    const { bars } = layOut({ durationMs: 100, spans: [{ ...span(0, 100), attempts }] });
    expect(bars[0]?.marks).toEqual([
      { kind: "retry", left: 0.3, count: 2 },
      { kind: "hedge", left: 0.31, count: 1 },
      { kind: "retry", left: 0.8, count: 1 },
    ]);
  });

  it("draws a bar without calls where they are not known", () => {
    expect(layOut({ durationMs: 1, spans: [span(0, 1)] }).bars).toMatchObject([
      { calls: [], lines: 1, marks: [] },
    ]);
  });

  it("makes the axis as long as it is told to", () => {
    const { extentMs, bars } = layOut({ durationMs: 50, spans: [span(0, 50)] }, 100);
    expect(extentMs).toBe(100);
    expect(bars).toMatchObject([{ left: 0, width: 0.5 }]);
  });

  it("never lets two calls of a line overlap", () => {
    const time = fc.integer({ min: 0, max: 100 });
    fc.assert(
      fc.property(fc.array(fc.tuple(time, time)), (cuts) => {
        const attempts = cuts.map(([a, b]) => call("first", Math.min(a, b), Math.max(a, b)));
        const [bar] = layOut({ durationMs: 100, spans: [{ ...span(0, 100), attempts }] }).bars;
        const calls = bar?.calls ?? [];
        expect(calls).toHaveLength(attempts.length);
        for (const [index, one] of calls.entries()) {
          for (const other of calls.slice(index + 1)) {
            if (one.line === other.line) expect(other.startMs).toBeGreaterThanOrEqual(one.endMs);
          }
        }
      }),
    );
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

  it("counts every call of a branch, though they ran at once, but no second copies", () => {
    const attempts = [call("first", 0, 100), call("first", 0, 90), call("hedge", 50, 100)];
    expect(gainOf({ durationMs: 100, spans: [{ ...span(0, 100), attempts }] }).inTurnMs).toBe(190);
  });

  it("counts the pauses between attempts, which would be there in turn as well", () => {
    const attempts = [call("first", 0, 20, "status=503"), call("retry", 70, 100)];
    expect(gainOf({ durationMs: 100, spans: [{ ...span(0, 100), attempts }] }).inTurnMs).toBe(100);
  });

  it.each([
    ["one call is all there was", { durationMs: 100, spans: [span(10, 90)] }],
    ["nothing took any time", { durationMs: 0, spans: [span(0, 0)] }],
    ["nothing was asked", { durationMs: 3, spans: [] }],
  ])("claims no gain where %s", (_, timeline) => {
    expect(gainOf(timeline).ratio).toBe(1);
  });
});

describe("roomFor", () => {
  it.each([
    [0, 100],
    [95, 100],
    [96, 200],
    [190, 200],
    [191, 500],
    [480, 1000],
    [5_000, 10_000],
  ])("gives %d ms a round axis of %d ms", (elapsedMs, roomMs) => {
    expect(roomFor(elapsedMs)).toBe(roomMs);
  });
});
