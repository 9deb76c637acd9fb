import { describe, expect, it } from "vitest";
import { CONNECTIONS, connectionsAway, driveCrawl, streamsFor } from "../../src/crawl/drive.ts";
import type { Batch } from "../../src/crawl/wire.ts";

describe("connectionsAway", () => {
  it("shares what a crawl may have besides its own connections, and is never more", () => {
    for (let concurrency = 7; concurrency <= 60; concurrency += 1) {
      const batches = streamsFor(concurrency) - 2;
      const all = CONNECTIONS + batches * connectionsAway(concurrency);
      expect([concurrency, all <= concurrency, all > concurrency - batches]).toEqual([
        concurrency,
        true,
        true,
      ]);
    }
    expect(connectionsAway(6)).toBe(1);
  });
});

describe("driveCrawl", () => {
  it("lets a frontier be that is not the crawl's any more, though a batch of it comes to its end", async () => {
    const done: string[] = [];
    const batches: Batch[] = [{ lease: 1, urls: [] }];
    const state = { isCurrent: true };
    await driveCrawl({
      frontier: {
        dueMs: () => 0,
        tick: () => void done.push("tick"),
        begin: () => batches.shift(),
      },
      run: async ({ lease }) => {
        await Promise.resolve();
        state.isCurrent = false;
        done.push("removed");
        return { lease, results: [], robots: 0 };
      },
      take: () => undefined,
      publish: () => void done.push("publish"),
      now: () => 0,
      goesOn: () => state.isCurrent,
    });
    expect(done).toEqual(["tick", "publish", "removed"]);
  });
});
