import { describe, expect, it } from "vitest";
import { type Frontier, openFrontier } from "../../src/crawl/frontier.ts";
import type { Found, PageRecord, Result } from "../../src/crawl/wire.ts";
import { DEFAULT_SETTINGS } from "../../src/crawl/plan.ts";
import { type Dice, seededDice } from "../support/random.ts";
import { memoryFrontier } from "./memory-frontier.ts";

const LEASE_MS = 1_000;
const found = (path: string): Found => {
  const url = new URL(path, "http://a.example");
  return { key: url.href, url: url.href, host: url.host };
};
const page: PageRecord = { status: 200, type: "text/html", bytes: 10, ms: 1, links: 0 };

/** Page n of a site of so many links to three others. */
const linksOf = (url: string, pages: number) => {
  const number = Number(new URL(url).pathname.slice(1));
  return [number * 2 + 1, number * 2 + 2, (number * 7) % pages]
    .filter((one) => one < pages)
    .map((one) => found(`/${one}`));
};

function crawl(options: { readonly pages: number; readonly maxPages?: number; readonly dice?: Dice }) {
  const { pages, maxPages = 1_000_000, dice } = options;
  const store = memoryFrontier();
  const settings = { ...DEFAULT_SETTINGS, leaseMs: LEASE_MS, attempts: 1_000 };
  const open = (): Frontier =>
    openFrontier(store, { plan: { maxPages, maxDepth: 100, concurrency: 6 }, settings, random: () => 0 });
  let frontier = open();
  let nowMs = 0;
  const breaks = (oneIn: number) => dice?.oneIn(oneIn) === true;
  frontier.start([found("/0")], nowMs);
  for (let turns = 0; frontier.state().phase === "running"; turns += 1) {
    if (turns > 20_000) throw new Error("It does not end");
    nowMs += 10;
    if (breaks(5)) frontier = open();
    frontier.tick(nowMs);
    const batch = frontier.batch();
    if (batch !== undefined) {
      if (breaks(4)) frontier = open();
      // Whoever had it is lost; or it comes too late.
      if (breaks(30)) nowMs += LEASE_MS;
      if (breaks(10)) continue;
      const results = batch.urls.map(({ id, url }): Result => {
        if (breaks(10)) return { id, kind: "retry", reason: "reset" };
        if (breaks(20)) return { id, kind: "deferred", afterMs: 5 };
        return { id, kind: "page", page, found: linksOf(url, pages) };
      });
      const report = { lease: batch.lease, results, robots: 0 };
      const accepted = frontier.report(report, nowMs);
      // The answer is lost, and it is said once more.
      if (accepted) expect(frontier.report(report, nowMs)).toBe(false);
    }
  }
  const settled = store.rows().filter((row) => row.settled?.kind === "page");
  return {
    state: frontier.state(),
    keys: settled
      .map(({ key, level, parent }) => `${key} ${level} ${store.rows()[(parent ?? 0) - 1]?.key}`)
      .toSorted(),
    unique: new Set(settled.map(({ key }) => key)).size,
  };
}

describe("openFrontier", () => {
  it("finds every page of a site once, and ends", () => {
    const { state, unique } = crawl({ pages: 300 });
    expect(state).toMatchObject({ phase: "all-done", counts: { pages: 300, known: 300, failed: 0 } });
    expect(unique).toBe(300);
  });

  it.each([1, 2, 19, 20, 21, 150, 299])("fetches %i pages when it may fetch so many", (maxPages) => {
    const { state } = crawl({ pages: 300, maxPages });
    expect(state).toMatchObject({ phase: "max-pages", counts: { pages: maxPages } });
  });

  it.each([1, 11, 21, 31])(
    "comes to the same pages, depths and parents whatever breaks, in ten plays from %i",
    (first) => {
      const whole = crawl({ pages: 150 });
      const capped = crawl({ pages: 150, maxPages: 70 });
      for (let seed = first; seed < first + 10; seed += 1) {
        const play = crawl({ pages: 150, dice: seededDice(seed) });
        // A URL that lost its batch three times is given up, and what only it links to is not found.
        if (play.state.counts.failed > 0) continue;
        expect(play.keys).toEqual(whole.keys);
        const broken = crawl({ pages: 150, maxPages: 70, dice: seededDice(seed) });
        expect(broken.state.counts.pages).toBe(70);
        expect(broken.keys).toHaveLength(capped.keys.length);
      }
    },
  );

  it("gives up a URL whose batch is lost three times", () => {
    const store = memoryFrontier();
    const plan = { maxPages: 10, maxDepth: 10, concurrency: 6 };
    const frontier = openFrontier(store, {
      plan,
      settings: { ...DEFAULT_SETTINGS, leaseMs: 1 },
      random: () => 0,
    });
    frontier.start([found("/")], 0);
    for (const nowMs of [1, 2, 3]) frontier.tick(nowMs);
    expect(frontier.state()).toMatchObject({ phase: "all-done", counts: { failed: 1, pages: 0 } });
  });
});
