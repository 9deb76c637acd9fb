import { describe, expect, it } from "vitest";
import { driveCrawl } from "../../src/crawl/drive.ts";
import type { Batch } from "../../src/crawl/wire.ts";

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
