import type { Counts } from "./frontier-store.ts";

/** The most URLs in a batch. */
const BATCH = 20;

/** How a crawl stands when a batch is to be made up. */
interface Standing {
  readonly counts: Counts;
  readonly maxPages: number;
  /** URLs that are in batches already. */
  readonly out: number;
  /** Batches that may be out besides those that are; 1 at least. */
  readonly free: number;
}

/** How many URLs go into a batch: never more than may become pages, and of few that wait, everyone gets some. */
export function batchSize({ counts, maxPages, out, free }: Standing): number {
  const { pages, known, redirects, sitemaps, failed, keptOut } = counts;
  const waiting = known - pages - redirects - sitemaps - failed - keptOut - out;
  return Math.min(BATCH, maxPages - pages - out, Math.max(1, Math.ceil(waiting / free)));
}
