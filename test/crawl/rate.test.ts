import { describe, expect, it } from "vitest";
import { pagesPerSecond } from "../../src/crawl/rate.ts";
import { NOTHING } from "../../src/crawl/frontier-state.ts";

const rate = (pages: number, { endedMs, nowMs = 101_000 }: { endedMs?: number; nowMs?: number } = {}) => {
  const asked: number[] = [];
  const state = { counts: { ...NOTHING, pages }, startedMs: 1_000, endedMs };
  const found = pagesPerSecond(state, nowMs, (seq) => (asked.push(seq), 81_000));
  return { found, asked };
};

describe("pagesPerSecond", () => {
  it("is that of the latest two hundred pages, however many there were before", () => {
    expect(rate(5_000)).toEqual({ found: 10, asked: [4_800] });
  });

  it("is that of all pages where there are no more, and at the end", () => {
    expect(rate(200)).toEqual({ found: 2, asked: [] });
    expect(rate(5_000, { endedMs: 51_000 })).toEqual({ found: 100, asked: [] });
  });

  it("is none at the very beginning", () => {
    expect(rate(0, { nowMs: 1_000 }).found).toBe(0);
    expect(rate(3, { nowMs: 900 }).found).toBe(0);
  });
});
