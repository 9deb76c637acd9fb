import { describe, expect, it } from "vitest";
import { Semaphore, sleep, VirtualClock } from "#kernel";
import { openFrontier } from "../../src/crawl/frontier.ts";
import { driveCrawl } from "../../src/crawl/drive.ts";
import { createJudge } from "../../src/crawl/judge.ts";
import { DEFAULT_SETTINGS } from "../../src/crawl/plan.ts";
import { runBatch } from "../../src/crawl/run-batch.ts";
import { memoryFrontier } from "./memory-frontier.ts";
import { memoryGates } from "./memory-gates.ts";

const HOST = "https://a.example.com";
const OTHERS = ["https://b.example.com", "https://c.example.com", "https://d.example.com"];
const PAGES = 40;
const LATENCY_MS = 150;

/**
 * Crawls one site so many times at once, and says when it was asked for pages.
 *
 * @param others Further hosts, which the last crawl asks as well.
 */
async function crawlTogether(crawls: number, others: readonly string[] = []) {
  const clock = new VirtualClock();
  const gates = memoryGates(clock);
  const asked: { readonly who: string; readonly beganMs: number; readonly endedMs: number }[] = [];
  const seen = { robots: 0 };
  const crawl = async (who: string, index: number) => {
    const hosts = [HOST, ...(index === crawls - 1 ? others : [])];
    const startUrls = Array.from({ length: PAGES }, (_, page) =>
      hosts.map((host) => `${host}/${who}/${page}`),
    ).flat();
    const judge = createJudge({ scope: "host", startUrls }, { allowLoopback: false });
    const frontier = openFrontier(memoryFrontier(), {
      plan: { maxPages: 1_000, maxDepth: 1 },
      settings: DEFAULT_SETTINGS,
      streams: 2,
      spares: () => true,
      random: () => 0.5,
    });
    const context = {
      who,
      fetch: async (url: string) => {
        const beganMs = clock.now();
        await sleep(LATENCY_MS, undefined, clock);
        if (url.endsWith("/robots.txt")) seen.robots += 1;
        else if (url.startsWith(HOST)) asked.push({ who, beganMs, endedMs: clock.now() });
        const status = url.endsWith("/robots.txt") ? 404 : 200;
        return new Response(url, { status, headers: { "Content-Type": "text/plain" } });
      },
      clock,
      epochMs: () => clock.now(),
      hash: async () => await Promise.resolve("h"),
      judge,
      settings: DEFAULT_SETTINGS,
      policy: { allowLoopback: false },
      gateFor: gates.gateFor,
      rules: new Map(),
      connections: new Semaphore(6),
      isWanted: () => true,
      noteFailure: (event: string, error: unknown) => expect.fail(`${event}: ${String(error)}`),
    };
    const found = startUrls.map((url) => ({ key: url, url, host: new URL(url).host }));
    frontier.start(found, clock.now());
    while (frontier.state().phase === "running") {
      await driveCrawl({
        frontier,
        run: async (batch) => await runBatch(batch, context),
        take: (report) => void frontier.report(report, clock.now()),
        publish: () => undefined,
        now: () => clock.now(),
        goesOn: () => true,
      });
      const waitMs = frontier.dueMs() - clock.now();
      if (frontier.state().phase === "running") await sleep(Math.max(0, waitMs), undefined, clock);
    }
    return frontier.state().counts.pages;
  };
  const names = Array.from({ length: crawls }, (_, index) => `crawl-${index}`);
  const pages = await clock.run(Promise.all(names.map(crawl)));
  return { pages, asked, robots: seen.robots, tookMs: clock.now() };
}

describe("crawls of one host at the same time", () => {
  it.each([1, 2, 3])("keep to its pace together, however many: %i", async (crawls) => {
    const { pages, asked, robots } = await crawlTogether(crawls);
    expect(pages).toEqual(Array.from({ length: crawls }, () => PAGES));
    expect(robots).toBe(1);
    const gaps = asked.slice(1).map(({ beganMs }, index) => beganMs - (asked[index]?.endedMs ?? 0));
    // One at a time, with five times the latency between.
    expect(Math.min(...gaps)).toBe(5 * LATENCY_MS);
  });

  it.each([
    ["take turns", []],
    ["take turns, though one comes back late from others", OTHERS],
  ])("%s, and waste little of the pace", async (_, others) => {
    const { asked, tookMs } = await crawlTogether(2, others);
    const half = asked.slice(0, PAGES).filter(({ who }) => who === "crawl-0").length;
    expect(half).toBeGreaterThan(PAGES / 4);
    expect(half).toBeLessThan((PAGES * 3) / 4);
    expect(tookMs).toBeLessThan(2 * PAGES * 6 * LATENCY_MS * 1.25);
  });
});
