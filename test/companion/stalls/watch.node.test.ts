import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createWatch } from "../../../companion/stalls/watch.ts";

const LIMIT_MS = 100;

/** Looks whenever it is time to, at an event loop that beats at these times. @returns What was seen, when. */
function lookAt(
  beats: readonly number[],
  untilMs: number,
  sleeps: readonly (readonly [from: number, to: number])[] = [],
) {
  const watch = createWatch(LIMIT_MS, 0);
  const seen: (readonly [string, number])[] = [];
  for (let nowMs = 0; nowMs <= untilMs; nowMs = Math.max(watch.dueMs, nowMs + 1)) {
    const asleep = sleeps.find(([from, to]) => nowMs > from && nowMs < to);
    if (asleep !== undefined) nowMs = asleep[1];
    const beatMs = beats.findLast((at) => at <= nowMs) ?? 0;
    const sight = watch.look({ beatMs, isDebugged: false }, nowMs);
    if (sight.t === "stalled" || sight.t === "turns-again") seen.push([sight.t, nowMs]);
  }
  return seen;
}

const every20 = (from: number, to: number) =>
  Array.from({ length: Math.floor((to - from) / 20) + 1 }, (_, index) => from + index * 20);

describe("createWatch", () => {
  it("sees a stall once, when the limit has passed, and its end", () => {
    const beats = [...every20(0, 200), ...every20(560, 1_000)];
    expect(lookAt(beats, 1_000)).toEqual([
      ["stalled", 300],
      ["turns-again", 560],
    ]);
  });

  it("sees each gap over the limit while it lasts, and no other", () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(gaps, (lengths) => {
        const beats = [0];
        for (const length of lengths) beats.push((beats.at(-1) ?? 0) + length);
        const end = beats.at(-1) ?? 0;
        const stalled = lookAt(beats, end).filter(([what]) => what === "stalled");
        const expected = beats.flatMap((at, index) => {
          const next = beats[index + 1] ?? at;
          return next - at > LIMIT_MS ? [[at, next] as const] : [];
        });
        expect(stalled.length).toBe(expected.length);
        for (const [index, [from, to]] of expected.entries()) {
          const at = stalled[index]?.[1] ?? 0;
          expect(at).toBeGreaterThanOrEqual(from + LIMIT_MS);
          expect(at).toBeLessThan(to);
        }
      }),
    );
  });

  it("holds nothing against an event loop while nobody could look: the machine slept", () => {
    const beats = [...every20(0, 200), ...every20(5_050, 6_000)];
    expect(lookAt(beats, 6_000, [[250, 5_000]])).toEqual([]);
  });

  it("does not mind a debugger", () => {
    const watch = createWatch(LIMIT_MS, 0);
    for (let nowMs = 0; nowMs < 1_000; nowMs = watch.dueMs)
      expect(watch.look({ beatMs: 0, isDebugged: true }, nowMs).t).toBe("turns");
  });
});
