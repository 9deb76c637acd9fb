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

const ONE_STREAM = { streams: 1, spares: () => false, random: () => 0 };

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
  const settings = { ...DEFAULT_SETTINGS, leaseMs: LEASE_MS, attempts: 1_000, hostAttempts: 1_000 };
  const open = (): Frontier =>
    openFrontier(store, { plan: { maxPages, maxDepth: 100 }, settings, ...ONE_STREAM });
  let frontier = open();
  let nowMs = 0;
  const breaks = (oneIn: number) => dice?.oneIn(oneIn) === true;
  frontier.start([found("/0")], nowMs);
  for (let turns = 0; frontier.state().phase === "running"; turns += 1) {
    if (turns > 20_000) throw new Error("It does not end");
    nowMs += 10;
    if (breaks(5)) frontier = open();
    frontier.tick(nowMs);
    const batch = frontier.begin("own", nowMs);
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
  it("takes no report of a crawl that had its name before", () => {
    const begin = (nowMs: number) => {
      const plan = { maxPages: 9, maxDepth: 9 };
      const frontier = openFrontier(memoryFrontier(), { plan, settings: DEFAULT_SETTINGS, ...ONE_STREAM });
      frontier.start([found("/0")], nowMs);
      return { frontier, batch: frontier.begin("away", nowMs) };
    };
    const { batch: before } = begin(1_000);
    const { frontier, batch } = begin(2_000);
    const reportOf = (lease = 0) => frontier.report({ lease, results: [], robots: 0 }, 2_000);
    expect(reportOf(before?.lease)).toBe(false);
    expect(reportOf(batch?.lease)).toBe(true);
  });

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

  it("gives up a URL that loses its batch three times, and no other of that batch", () => {
    const store = memoryFrontier();
    const settings = { ...DEFAULT_SETTINGS, leaseMs: 10 };
    const open = () => openFrontier(store, { plan: { maxPages: 10, maxDepth: 10 }, settings, ...ONE_STREAM });
    let frontier = open();
    frontier.start([found("/poison"), found("/1"), found("/2")], 0);
    for (let nowMs = 0; frontier.state().phase === "running"; nowMs += 1) {
      if (nowMs > 100) throw new Error("It does not end");
      frontier.tick(nowMs);
      const batch = frontier.begin("own", nowMs);
      if (batch === undefined) continue;
      // Whoever fetches it ends, and the object with it.
      if (batch.urls.some(({ url }) => url.endsWith("poison"))) frontier = open();
      else {
        const results = batch.urls.map(({ id }): Result => ({ id, kind: "page", page, found: [] }));
        frontier.report({ lease: batch.lease, results, robots: 0 }, nowMs);
      }
    }
    expect(frontier.state()).toMatchObject({ phase: "all-done", counts: { failed: 1, pages: 2 } });
  });

  it("follows no chain of sitemaps without end, which are no pages that a cap could end", () => {
    const options = { plan: { maxPages: 5, maxDepth: 5 }, settings: DEFAULT_SETTINGS, ...ONE_STREAM };
    const frontier = openFrontier(memoryFrontier(), options);
    frontier.start([found("/0.xml")], 0);
    for (let number = 1; frontier.state().phase === "running"; number += 1) {
      if (number > 100) throw new Error("It does not end");
      const { lease = 0, urls = [] } = frontier.begin("own", number) ?? {};
      const results = urls.map(({ id }): Result => ({
        id,
        kind: "sitemap",
        found: [found(`/${number}.xml`)],
      }));
      frontier.report({ lease, results, robots: 0 }, number);
    }
    expect(frontier.state()).toMatchObject({
      phase: "all-done",
      counts: { sitemaps: 10, failed: 1, pages: 0 },
    });
  });

  describe("begin", () => {
    const two = () => {
      const settings = { ...DEFAULT_SETTINGS, leaseMs: 10 };
      const options = { plan: { maxPages: 100, maxDepth: 10 }, settings, ...ONE_STREAM, streams: 2 };
      const store = memoryFrontier();
      const frontier = openFrontier(store, options);
      frontier.start([found("/1"), found("/2")], 0);
      return { frontier, open: () => openFrontier(store, options) };
    };

    it("gives each batch to one only, whoever asks and however often", () => {
      const { frontier } = two();
      const [first = 0, second = 0] = frontier.untold();
      frontier.told([first, second]);
      expect(frontier.untold()).toEqual([]);
      expect(frontier.begin("away", 1, second)?.urls).toHaveLength(1);
      expect(frontier.begin("away", 1, second)).toBeUndefined();
      expect(frontier.begin("own", 1)?.lease).toBe(first);
      expect(frontier.begin("own", 1)).toBeUndefined();
      expect(frontier.begin("away", 1, 77)).toBeUndefined();
    });

    it("takes back what nobody began, and holds it against no URL", () => {
      const { frontier } = two();
      for (const nowMs of [10, 20, 30, 40]) frontier.tick(nowMs);
      expect(frontier.state().counts.failed).toBe(0);
      expect(frontier.begin("away", 41, 1)).toBeUndefined();
      expect(frontier.begin("away", 41)?.urls).toHaveLength(1);
    });

    it("takes back at once what the object itself was at when it ended, and not what others are at", () => {
      const { frontier, open } = two();
      const own = frontier.begin("own", 1);
      const away = frontier.begin("away", 1);
      const anew = open();
      expect(anew.dueMs()).toBe(0);
      anew.tick(2);
      expect([anew.isOut(own?.lease ?? 0), anew.isOut(away?.lease ?? 0)]).toEqual([false, true]);
    });
  });

  describe("where a host does not answer", () => {
    const settings = {
      ...DEFAULT_SETTINGS,
      attempts: 1_000,
      hostAttempts: 4,
      backoff: { baseMs: 1_000, capMs: 3_000 },
    };
    const other = { key: "b", url: "http://b.example/", host: "b.example" };

    /** Asks until all is done. @param answer What a URL is met with, and when. */
    function ask(
      paths: readonly string[],
      answer: (url: string, nowMs: number) => "page" | "silence" | "robots-unreachable",
      { isReopened = false, streams = 1, links = [] as readonly Found[] } = {},
    ) {
      const store = memoryFrontier();
      const open = () =>
        openFrontier(store, {
          plan: { maxPages: 999, maxDepth: 9 },
          settings,
          ...ONE_STREAM,
          streams,
          random: () => 0.5,
        });
      let frontier = open();
      const visits: number[] = [];
      const asked: string[] = [];
      frontier.start([...paths.map(found), other], 0);
      let nowMs = 0;
      while (frontier.state().phase === "running") {
        if (visits.length > 100) throw new Error("It does not end");
        frontier.tick(nowMs);
        const batches = Array.from({ length: streams }, () => frontier.begin("own", nowMs));
        for (const batch of batches) {
          if (batch === undefined) continue;
          if (batch.urls.some(({ host }) => host !== other.host)) visits.push(nowMs);
          const results = batch.urls.map(({ id, url }): Result => {
            const kind = url === other.url ? "page" : answer(new URL(url).pathname, nowMs);
            asked.push(new URL(url).pathname);
            if (kind === "page") return { id, kind, page, found: url === other.url ? links : [] };
            return { id, kind: "retry", reason: kind === "silence" ? "timeout" : kind };
          });
          frontier.report({ lease: batch.lease, results, robots: 0 }, nowMs);
        }
        if (isReopened) frontier = open();
        if (frontier.untold().length === 0) nowMs = Math.max(nowMs, frontier.dueMs());
      }
      const ends = store
        .rows()
        .map(({ settled }) => settled && ("reason" in settled ? settled.reason : settled.kind));
      return { visits, asked, ends, counts: frontier.state().counts };
    }
    const many = Array.from({ length: 50 }, (_, index) => `/${index}`);

    it.each([false, true])(
      "leaves it alone for longer and longer, and gives up what waits for it; opened anew in between: %s",
      (isReopened) => {
        const { visits, ends, counts } = ask(many, () => "silence", { isReopened });
        expect(visits).toEqual([0, 1_000, 3_000, 6_000]);
        expect(ends).toEqual([...many.map(() => "host-unreachable"), "page"]);
        expect(counts).toMatchObject({ pages: 1, failed: 50, known: 51 });
      },
    );

    it("goes on when it comes back, and begins to count anew", () => {
      const isBack = (path: string, nowMs: number) => nowMs === 3_000 && Number(path.slice(1)) >= 40;
      const { visits, counts } = ask(many, (path, nowMs) => (isBack(path, nowMs) ? "page" : "silence"));
      expect(counts.pages).toBe(11);
      expect(visits).toEqual([0, 1_000, 3_000, 3_000, 4_000, 6_000, 9_000]);
    });

    it("counts once what was asked at once", () => {
      const { visits } = ask(many, () => "silence", { streams: 2 });
      expect(new Set(visits)).toEqual(new Set([0, 1_000, 3_000, 6_000]));
    });

    it("asks for another of its URLs before the one that was not answered", () => {
      const { asked, counts } = ask(many.slice(0, 22), (path) =>
        /^\/1?\d$/.test(path) ? "silence" : "page",
      );
      expect(asked.indexOf("/20")).toBeLessThan(asked.lastIndexOf("/0"));
      expect(counts.failed).toBe(20);
    });

    it("says that it was robots.txt that could not be had", () => {
      expect(ask(["/1"], () => "robots-unreachable").ends).toEqual(["robots-unreachable", "page"]);
    });

    it("asks once for what is found of it later, on another host", () => {
      const { asked, ends } = ask(["/1"], () => "silence", { links: [found("/late")] });
      expect(asked.filter((path) => path === "/late")).toHaveLength(1);
      expect(ends).toEqual(["host-unreachable", "page", "host-unreachable"]);
    });
  });

  it("has a host that is spared in one batch at a time", () => {
    const settings = { ...DEFAULT_SETTINGS };
    const options = { ...ONE_STREAM, streams: 3, spares: () => true };
    const frontier = openFrontier(memoryFrontier(), {
      plan: { maxPages: 100, maxDepth: 9 },
      settings,
      ...options,
    });
    frontier.start(
      Array.from({ length: 50 }, (_, index) => found(`/${index}`)),
      0,
    );
    const batch = frontier.begin("own", 0);
    expect(batch?.urls).toHaveLength(17);
    expect(frontier.begin("own", 0)).toBeUndefined();
    expect(frontier.dueMs()).toBeGreaterThan(0);
    frontier.report({ lease: batch?.lease ?? 0, results: [], robots: 0 }, 1);
    expect(frontier.begin("own", 1)?.urls).toHaveLength(17);
    expect(frontier.begin("own", 1)).toBeUndefined();
  });
});
