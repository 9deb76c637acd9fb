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

const nobody = async () => await Promise.reject(new Error("Expected nobody to be asked"));

/** What a driver is made of, for a crawl that always has a batch more. */
function portsOf(settings = DEFAULT_SETTINGS): Parameters<typeof openDriver>[0] {
  const order = { id: "crawl", plan, settings, allowLoopback: true };
  const urls = Array.from({ length: 20 }, (_, id) => ({
    id,
    url: `${HOST}/${id}`,
    host: new URL(HOST).host,
  }));
  let lease = 0;
  return {
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
    archive: { keep: nobody },
    earlierOf: nobody,
    gateFor: () => ({ enter: nobody, leave: nobody }),
    queue: { sendBatch: nobody },
    take: () => undefined,
    isCurrent: () => true,
  };
}

/** Drives a crawl that always has more to do. @returns How often it asked the site, and how often gates. */
async function driveOn(sparesLoopback: boolean) {
  const asked = { gates: 0 };
  const pace = { ...DEFAULT_SETTINGS.pace, sparesLoopback };
  const driver = openDriver({
    ...portsOf({ ...DEFAULT_SETTINGS, pace }),
    gateFor: () => ({
      async enter() {
        asked.gates += 1;
        return await Promise.resolve({ isOpen: false, afterMs: 1 });
      },
      leave: nobody,
    }),
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

  it("tells a frontier nothing that was removed while a message was sent", async () => {
    const ports = portsOf();
    const done: string[] = [];
    const state = { isCurrent: true };
    const driver = openDriver({
      ...ports,
      frontier: { ...ports.frontier, untold: () => [1], told: () => void done.push("told") },
      queue: {
        async sendBatch() {
          done.push("sent");
          state.isCurrent = false;
          return await Promise.resolve({} as QueueSendBatchResponse); // nobody looks at it
        },
      },
      isCurrent: () => state.isCurrent,
    });
    await driver.publish();
    expect(done).toEqual(["sent"]);
  });
});
