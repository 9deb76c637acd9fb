import type { HostRow } from "../src/crawl/stub.ts";
import type { HostNote } from "../src/crawl/wire.ts";

/** Keeps what a batch has seen of hosts. What it has not seen stays as it was. */
export function keepHostNotes(
  { sql }: DurableObjectStorage,
  notes: readonly HostNote[],
  nowMs: number,
): void {
  if (notes.length > 0) sql.exec(KEEP, nowMs, JSON.stringify(notes));
}

/** Hosts, each with what was last seen of it. */
export function withHostNotes({ sql }: DurableObjectStorage, rows: readonly HostRow[]): readonly HostRow[] {
  const hosts = JSON.stringify(rows.map(({ host }) => host));
  const notes = new Map(
    sql
      .exec<Record<string, SqlStorageValue>>(NOTED, hosts)
      .toArray()
      .map(({ host, ...note }) => [host, Object.entries(note).filter(([, value]) => value !== null)]),
  );
  return rows.map((row) => ({
    ...row,
    ...(Object.fromEntries(notes.get(row.host) ?? []) as Partial<HostRow>),
  })); // as kept below
}

const KEEP = `
  INSERT INTO hostNotes (host, robots, crawlDelayMs, pauseMs, error, errorAtMs)
  SELECT value ->> 'host', value ->> 'robots', round(value ->> 'crawlDelayMs'), round(value ->> 'pauseMs'),
    value ->> 'error', iif(value ->> 'error' IS NULL, NULL, ?)
  FROM json_each(?) WHERE true
  ON CONFLICT (host) DO UPDATE SET robots = coalesce(excluded.robots, robots),
    crawlDelayMs = iif(excluded.robots IS NULL, crawlDelayMs, excluded.crawlDelayMs), pauseMs = excluded.pauseMs,
    error = coalesce(excluded.error, error), errorAtMs = coalesce(excluded.errorAtMs, errorAtMs)`;

const NOTED = `
  SELECT host, robots, crawlDelayMs, pauseMs, error, errorAtMs
  FROM json_each(?) JOIN hostNotes ON hostNotes.host = json_each.value`;
