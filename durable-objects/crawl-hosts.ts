import type { HostRow } from "../src/crawl/stub.ts";
import type { HostNote } from "../src/crawl/wire.ts";

/** Keeps what a batch has seen of hosts. What it has not seen stays as it was. */
export function keepHosts({ sql }: DurableObjectStorage, notes: readonly HostNote[], nowMs: number): void {
  if (notes.length > 0) sql.exec(KEEP, nowMs, JSON.stringify(notes));
}

/** What is known of each host; reads all URLs. */
export function listHosts({ sql }: DurableObjectStorage, limit: number): readonly HostRow[] {
  return sql
    .exec<HostRow & Record<string, SqlStorageValue>>(LIST, limit)
    .toArray()
    .map(
      (row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as typeof row,
    );
}

const KEEP = `
  INSERT INTO hosts (host, robots, crawlDelayMs, pauseMs, error, errorAtMs)
  SELECT value ->> 'host', value ->> 'robots', round(value ->> 'crawlDelayMs'), round(value ->> 'pauseMs'), value ->> 'error',
    iif(value ->> 'error' IS NULL, NULL, ?)
  FROM json_each(?) WHERE true
  ON CONFLICT (host) DO UPDATE SET robots = coalesce(excluded.robots, robots),
    crawlDelayMs = iif(excluded.robots IS NULL, crawlDelayMs, excluded.crawlDelayMs), pauseMs = excluded.pauseMs,
    error = coalesce(excluded.error, error), errorAtMs = coalesce(excluded.errorAtMs, errorAtMs)`;

const LIST = `
  SELECT counted.*, robots, crawlDelayMs, pauseMs, error, errorAtMs
  FROM (
    SELECT host, count(*) AS known, sum(status IN ('queued', 'leased')) AS waiting, sum(status = 'page') AS pages,
      sum(status = 'redirect') AS redirects, sum(status = 'sitemap') AS sitemaps, sum(status = 'failed') AS failed,
      sum(status = 'kept-out') AS keptOut
    FROM urls GROUP BY host ORDER BY known DESC, host LIMIT ?
  ) AS counted LEFT JOIN hosts ON hosts.host = counted.host ORDER BY known DESC, counted.host`;
