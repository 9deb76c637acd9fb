import { type Archive, isFull } from "./archive.ts";
import type { BatchContext } from "./batch-context.ts";
import { earlierPages, type EarlierPorts } from "./earlier-pages.ts";
import { runBatch } from "./run-batch.ts";
import type { SegmentWriter } from "./segment.ts";
import { sitemapRules } from "./sitemap-rules.ts";
import type { CrawlOrder } from "./stub.ts";
import type { Batch, Report } from "./wire.ts";

/** What a batch is fetched by, besides what its crawl was told. */
export interface FetchPorts
  extends Omit<BatchContext, "who" | "settings" | "policy" | "keep" | "earlier" | "sitemaps">, EarlierPorts {
  readonly archive: Pick<Archive, "keep">;
}

/** Fetches a batch as its crawl was told: with sitemaps, over an earlier crawl, into an archive. */
export async function fetchBatch(order: CrawlOrder, batch: Batch, ports: FetchPorts): Promise<Report> {
  const { id, plan, settings, allowLoopback, hosts } = order;
  const policy = { allowLoopback, hosts };
  const earlier = await earlierPages(plan, batch, ports);
  const run = async (writer?: SegmentWriter) =>
    await runBatch(batch, {
      ...ports,
      who: id,
      settings,
      policy,
      sitemaps: sitemapRules(plan, policy),
      earlier,
      keep: writer?.add,
      isWanted: () => ports.isWanted() && !isFull(writer),
    });
  return plan.store === "warc" ? await ports.archive.keep(order, run, ports.noteFailure) : await run();
}
