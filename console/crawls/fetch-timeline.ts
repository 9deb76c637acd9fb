import type { Attempt } from "../../src/aggregate/attempt-log.ts";
import type { Span, Timeline } from "../timeline.ts";
import type { CrawlPage } from "./answers.ts";

/** Fetches that began longer before the last one are not drawn: of a slow crawl, they would leave no room. */
const MOST_MS = 30_000;
/** Hosts that are drawn, those that were asked most. */
const MOST_HOSTS = 12;

/** When pages were fetched, by host: a host is drawn as a branch, a fetch as a call. */
export interface FetchTimeline {
  readonly timeline: Timeline;
  /** When the axis begins, since 1970. */
  readonly startMs: number;
  /** How many fetches are drawn. */
  readonly fetches: number;
  /** How many hosts are not. */
  readonly otherHosts: number;
}

/** Lays out when pages were fetched; nothing where none says when its request began. */
export function fetchTimeline(pages: readonly CrawlPage[]): FetchTimeline | undefined {
  const fetches = pages.flatMap(({ url, status, ms, startedAt }) => {
    const startMs = Date.parse(startedAt ?? "");
    return Number.isNaN(startMs) ? [] : [{ url, status, startMs, endMs: startMs + ms }];
  });
  const endMs = Math.max(...fetches.map((one) => one.endMs));
  const late = fetches.filter((one) => one.startMs >= endMs - MOST_MS);
  const startMs = Math.min(...late.map((one) => one.startMs));
  const byHost = [...Map.groupBy(late, ({ url }) => new URL(url).host)]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .slice(0, MOST_HOSTS)
    // In an order that does not change with every look.
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (byHost.length === 0) return undefined;
  const spans = byHost.map(([host, own]) => {
    const attempts = own.map(({ url, status, ...times }) => ({
      upstream: url,
      kind: "first" as const,
      outcome: status < 400 ? "ok" : `status=${status}`,
      startMs: times.startMs - startMs,
      endMs: times.endMs - startMs,
    }));
    return spanOf(host, attempts);
  });
  const hosts = new Set(late.map(({ url }) => new URL(url).host));
  return {
    timeline: { durationMs: endMs - startMs, spans },
    startMs,
    fetches: byHost.reduce((total, [, own]) => total + own.length, 0),
    otherHosts: hosts.size - byHost.length,
  };
}

/** A host is well where one of its fetches is. */
function spanOf(name: string, attempts: readonly Attempt[]): Span {
  const outcome = attempts.some((one) => one.outcome === "ok") ? "ok" : (attempts[0]?.outcome ?? "unknown");
  const startMs = Math.min(...attempts.map((one) => one.startMs));
  const endMs = Math.max(...attempts.map((one) => one.endMs));
  return { name, startMs, endMs, outcome, attempts };
}
