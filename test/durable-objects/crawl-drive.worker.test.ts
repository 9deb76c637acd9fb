import { describe, expect, it } from "vitest";
import { openDriver } from "../../durable-objects/crawl-drive.ts";
import { createJudge } from "../../src/crawl/judge.ts";
import { type CrawlPlan, DEFAULT_SETTINGS } from "../../src/crawl/plan.ts";
import { fakeSite, HOST, linking } from "./fake-site.ts";

const site = fakeSite();
const plan: CrawlPlan = {
  startUrls: [`${HOST}/`],
  maxPages: 1e6,
  maxDepth: 9,
  concurrency: 6,
  scope: "host",
};

/** Drives a crawl that always has more to do. @returns How often it asked the site, and how often gates. */
async function driveOn(sparesLoopback: boolean) {
  const asked = { gates: 0 };
  const settings = { ...DEFAULT_SETTINGS, pace: { ...DEFAULT_SETTINGS.pace, sparesLoopback } };
  const order = { id: "crawl", plan, settings, allowLoopback: true };
  const urls = Array.from({ length: 20 }, (_, id) => ({
    id,
    url: `${HOST}/${id}`,
    host: new URL(HOST).host,
  }));
  let lease = 0;
  const driver = openDriver({
    order,
    frontier: {
      dueMs: () => Infinity,
      tick: () => undefined,
      begin: () => ({ lease: (lease += 1), urls }),
      isOut: () => true,
      untold: () => [],
      told: () => undefined,
    },
    judge: createJudge(plan, order),
    archive: { keep: async () => await Promise.reject(new Error("Expected nothing to be archived")) },
    earlierOf: async () => await Promise.resolve([]),
    gateFor: () => ({
      async enter() {
        asked.gates += 1;
        return await Promise.resolve({ isOpen: false, afterMs: 1 });
      },
      leave: async () => await Promise.resolve(),
    }),
    queue: { sendBatch: async () => await Promise.reject(new Error("Expected nothing to be sent")) },
    take: () => undefined,
    isCurrent: () => true,
  });
  await driver.drive();
  return { site: site.calls.length, ...asked };
}

describe("openDriver", () => {
  it("ends before an invocation has asked for more than it may, though there is always more to do", async () => {
    site.answer = () => linking();
    const open = await driveOn(false);
    expect(open.site).toBeGreaterThanOrEqual(5_000);
    expect(open.site).toBeLessThan(5_100);
    // One call is to come, and another to go.
    expect((await driveOn(true)).gates).toBeLessThanOrEqual(2_502);
  });
});
