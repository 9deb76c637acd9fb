import type * as z from "zod";
import type { CrawlAnswer, HostsAnswer, PageItem, WhyAnswer } from "./requests.ts";
import type { CrawlView, HostRow, PageRow, SeenUrl, Why } from "./stub.ts";

/** How a crawl stands, as it is answered. */
export function crawlAnswer(id: string, view: CrawlView): z.infer<typeof CrawlAnswer> {
  const { plan, phase, counts, rate, depth, startedMs, endedMs } = view;
  return {
    id,
    state: phase,
    startUrls: [...plan.startUrls],
    maxPages: plan.maxPages,
    depth,
    counts,
    rate: Math.round(100 * rate) / 100,
    startedAt: timeOf(startedMs),
    ...(endedMs !== undefined && { endedAt: timeOf(endedMs) }),
  };
}

/** A page, as it is answered. */
export function pageItem({ atMs, startedMs, ...row }: PageRow): PageItem {
  return { ...row, at: timeOf(atMs), ...(startedMs !== undefined && { startedAt: timeOf(startedMs) }) };
}

/** A host, as it is answered. */
export function hostItem({
  error,
  errorAtMs,
  ...row
}: HostRow): z.infer<typeof HostsAnswer>["items"][number] {
  return {
    ...row,
    ...(error !== undefined && { lastError: error }),
    ...(errorAtMs !== undefined && { lastErrorAt: timeOf(errorAtMs) }),
  };
}

const VERDICTS = {
  queued: "waiting",
  leased: "waiting",
  page: "fetched",
  redirect: "redirect",
  sitemap: "sitemap",
  failed: "failed",
  "kept-out": "kept-out",
} as const satisfies Record<SeenUrl["status"], string>;

/** Why a URL is in a crawl or not, as it is answered. */
export function whyAnswer(url: string, why: Why): z.infer<typeof WhyAnswer> {
  if (!why.isIn) return { url, verdict: "refused", rule: why.rule, detail: why.detail };
  const { key, seen } = why;
  if (seen === undefined) return { url, verdict: "unseen", key };
  const { status, depth, parent, reason } = seen;
  const because = reason === undefined ? {} : status === "redirect" ? { to: reason } : { rule: reason };
  return { url, verdict: VERDICTS[status], key, depth, parent, ...because };
}

function timeOf(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
