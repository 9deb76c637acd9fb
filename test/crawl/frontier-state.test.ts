import { describe, expect, it } from "vitest";
import type { FrontierState } from "../../src/crawl/frontier-store.ts";
import { NOTHING, openState } from "../../src/crawl/frontier-state.ts";

describe("openState", () => {
  it("counts from nothing what a version before this one did not count", () => {
    const { sitemaps, ...counts } = { ...NOTHING, pages: 3 };
    const stored = { phase: "running", level: 1, lastLease: 2, counts, startedMs: 5 } as FrontierState;
    const state = openState({ load: () => stored, save: () => undefined, inOneStep: (run) => run() });
    state.count({ sitemaps: 1, pages: 1 });
    expect(state.get()).toEqual({ ...stored, counts: { ...NOTHING, pages: 4, sitemaps: sitemaps + 1 } });
  });
});
