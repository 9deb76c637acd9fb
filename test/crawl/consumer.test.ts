import { describe, expect, it } from "vitest";
import { systemClock } from "#kernel";
import { consumeCall } from "../../src/crawl/consumer.ts";
import { hashBytes } from "../../src/crawl/hash.ts";
import { DEFAULT_SETTINGS } from "../../src/crawl/plan.ts";
import type { CrawlOrder } from "../../src/crawl/stub.ts";
import type { Report } from "../../src/crawl/wire.ts";

const HOST = "127.0.0.1:8080";
const URL = `http://${HOST}/`;

/** What comes of a batch of one page that an object gives to a consumer. */
async function consumed(order: CrawlOrder): Promise<Report | undefined> {
  let reported: Report | undefined;
  const batch = { lease: 1, urls: [{ id: 1, url: URL, host: HOST }] };
  const answer = (url: string) =>
    url === URL
      ? new Response("<a href='/b'>b</a>", { headers: { "Content-Type": "text/html" } })
      : new Response(null, { status: 404 });
  await consumeCall(
    { body: { crawl: order.id, fence: 1 }, ack: () => undefined, retry: () => undefined },
    {
      crawlFor: () => ({
        begin: async () => await Promise.resolve({ order, batch }),
        report: async (report) => await Promise.resolve(((reported = report), true)),
      }),
      archiveFor: () => ({ keep: () => Promise.reject(new Error("Expected nothing to be kept")) }),
      earlierOf: async () => await Promise.resolve([]),
      gateFor: () => {
        throw new Error("Expected no gate for this machine");
      },
      fetch: async (url) => await Promise.resolve(answer(url)),
      epochMs: () => 0,
      hash: hashBytes,
      clock: systemClock,
      noteFailure: () => undefined,
    },
  );
  return reported;
}

describe("consumeCall", () => {
  it("fetches for an object of a version that knew less", async () => {
    const { types, ...settings } = DEFAULT_SETTINGS;
    expect(types).toContain("text/html");
    const report = await consumed({
      id: "crawl_01M8KGQMVCQ06EGT129P4RGQCJ",
      plan: { startUrls: [URL], maxPages: 9, maxDepth: 9, concurrency: 6, scope: "host" },
      settings: settings as typeof DEFAULT_SETTINGS,
      allowLoopback: true,
      hosts: undefined,
    });
    expect(report?.results).toMatchObject([{ id: 1, kind: "page", page: { status: 200, links: 1 } }]);
  });

  it("says in the log which batch failed, and leaves its message for later", async () => {
    const noted: unknown[] = [];
    let isLeft = false;
    await consumeCall(
      {
        body: { crawl: "crawl_01M8KGQMVCQ06EGT129P4RGQCJ", fence: 7 },
        ack: () => expect.unreachable(),
        retry: () => (isLeft = true),
      },
      {
        crawlFor: () => ({
          begin: async () => await Promise.reject(new Error("away")),
          report: () => expect.unreachable(),
        }),
        archiveFor: () => expect.unreachable(),
        earlierOf: () => expect.unreachable(),
        gateFor: () => expect.unreachable(),
        fetch: () => expect.unreachable(),
        epochMs: () => 0,
        hash: hashBytes,
        clock: systemClock,
        noteFailure: (...note) => void noted.push(note),
      },
    );
    expect(isLeft).toBe(true);
    expect(noted).toEqual([
      ["crawl-batch-failed", new Error("away"), { crawl: "crawl_01M8KGQMVCQ06EGT129P4RGQCJ", fence: 7 }],
    ]);
  });
});
