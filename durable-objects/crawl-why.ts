import type { FrontierState } from "../src/crawl/frontier-store.ts";
import type { Judge } from "../src/crawl/judge.ts";
import { sitemapRules } from "../src/crawl/sitemap-rules.ts";
import type { CrawlOrder, Why } from "../src/crawl/stub.ts";
import { findUrl } from "./crawl-rows.ts";
import { hasRoomFor } from "./sqlite-frontier.ts";

/** Says what a crawl knows of a URL, or which of its rules and bounds keeps it out. */
export function explainUrl(
  storage: DurableObjectStorage,
  url: string,
  {
    order,
    judge,
    counts,
  }: { readonly order: CrawlOrder; readonly judge: Judge } & Pick<FrontierState, "counts">,
): Why {
  const { plan, settings } = order;
  const verdict = judge(url);
  // Sitemaps may be where no page may be.
  const place = verdict.isIn ? verdict : (sitemapRules(plan, order)?.judgeFile(url) ?? verdict);
  if (!place.isIn) return place;
  const { key } = place.found;
  const seen = findUrl(storage, key);
  if (seen !== undefined) return { isIn: true, key, seen };
  if (!verdict.isIn) return verdict;
  if (!hasRoomFor(storage, key, settings.maxVariants)) return { isIn: false, rule: "too-many-queries" };
  if (counts.known >= settings.maxKnown) return { isIn: false, rule: "too-many-urls" };
  return { isIn: true, key };
}
