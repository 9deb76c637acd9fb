import { describe, expect, it } from "vitest";
import { Semaphore, sleep, VirtualClock } from "#kernel";
import { driveCrawl } from "../../src/crawl/drive.ts";
import { openFrontier } from "../../src/crawl/frontier.ts";
import { createJudge } from "../../src/crawl/judge.ts";
import { DEFAULT_SETTINGS } from "../../src/crawl/plan.ts";
import { runBatch } from "../../src/crawl/run-batch.ts";
import { memoryFrontier } from "./memory-frontier.ts";
import { memoryGates } from "./memory-gates.ts";

const PAGES = 1_000;
const MINUTE_MS = 60_000;

/** Crawls many pages of one host. @param isDead Whether it answers nothing at a time. */
async function crawlHost(how: "refuses" | "hangs", isDead: (path: string, nowMs: number) => boolean) {
  const clock = new VirtualClock();
  const startUrls = Array.from({ length: PAGES }, (_, page) => `https://a.example.com/${page}`);
  const settings = { ...DEFAULT_SETTINGS, pace: { ...DEFAULT_SETTINGS.pace, floorMs: 10 } };
  const frontier = openFrontier(memoryFrontier(), {
    plan: { maxPages: 10_000, maxDepth: 1 },
    settings,
    streams: 2,
    spares: () => true,
    random: () => 0.5,
  });
  const context = {
    who: "crawl",
    fetch: async (url: string, { signal }: RequestInit) => {
      const { pathname } = new URL(url);
      if (!isDead(pathname, clock.now())) return new Response("", { status: 404 });
      if (how === "hangs") await sleep(10 * MINUTE_MS, signal as AbortSignal, clock); // as ours is made
      throw new TypeError("Connection refused");
    },
    clock,
    epochMs: () => clock.now(),
    hash: async () => await Promise.resolve("h"),
    judge: createJudge({ scope: "host", startUrls }, { allowLoopback: false }),
    settings,
    policy: { allowLoopback: false },
    gateFor: memoryGates(clock).gateFor,
    rules: new Map(),
    connections: new Semaphore(6),
    isWanted: () => true,
    noteFailure: (event: string, error: unknown) => expect.fail(`${event}: ${String(error)}`),
  };
  const crawl = async () => {
    frontier.start(
      startUrls.map((url) => ({ key: url, url, host: "a.example.com" })),
      clock.now(),
    );
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
  };
  await clock.run(crawl());
  return { ...frontier.state().counts, minutes: clock.now() / MINUTE_MS };
}

describe("a crawl of a host with a thousand pages", () => {
  it.each([
    ["refuses", "from the beginning", 0, 4],
    ["hangs", "from the beginning", 0, 11],
    ["refuses", "after a while", 2_000, 5],
    ["hangs", "after a while", 2_000, 11],
  ] as const)("that %s, %s, gives it up in minutes", async (how, _, aliveMs, atMost) => {
    const { pages, failed, minutes } = await crawlHost(how, (__, nowMs) => nowMs >= aliveMs);
    expect(pages + failed).toBe(PAGES);
    expect(failed).toBeGreaterThan(PAGES / 2);
    expect(minutes).toBeGreaterThan(2);
    expect(minutes).toBeLessThan(atMost + 1);
  });

  it.each(["refuses", "hangs"] as const)("that %s for three minutes loses few of them", async (how) => {
    const { failed } = await crawlHost(how, (_, nowMs) => nowMs > 500 && nowMs < 3 * MINUTE_MS);
    expect(failed).toBeLessThan(5);
  });

  it.each(["refuses", "hangs"] as const)("that %s for one in ten loses no others", async (how) => {
    const { pages, failed } = await crawlHost(how, (path) => path.endsWith("7"));
    expect([pages, failed]).toEqual([PAGES * 0.9, PAGES * 0.1]);
  });
});
