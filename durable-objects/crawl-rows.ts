import type { PageRow, SeenUrl } from "../src/crawl/stub.ts";
import type { PageRecord } from "../src/crawl/wire.ts";

/** A URL that is known to a crawl, by its key. */
export function findUrl({ sql }: DurableObjectStorage, key: string): SeenUrl | undefined {
  const [row] = sql
    .exec<{ status: SeenUrl["status"]; level: number; reason: string | null; parent: string | null }>(
      `SELECT one.status, one.level, coalesce(one.reason, record ->> 'note') AS reason, parent.url AS parent
       FROM urls AS one LEFT JOIN urls AS parent ON parent.id = one.parent LEFT JOIN pages ON pages.id = one.id
       WHERE one.key = ?`,
      key,
    )
    .toArray();
  if (row === undefined) return undefined;
  const { status, level, reason, parent } = row;
  return { status, depth: level, ...(reason !== null && { reason }), ...(parent !== null && { parent }) };
}

/** Pages in the order in which they were fetched. @param after The number of the last one that is known. */
export function listPages({ sql }: DurableObjectStorage, after: number, limit: number): readonly PageRow[] {
  return sql
    .exec<{ seq: number; atMs: number; url: string; level: number; parent: string | null; record: string }>(
      `SELECT seq, atMs, one.url AS url, one.level AS level, parent.url AS parent, record
       FROM pages JOIN urls AS one ON one.id = pages.id LEFT JOIN urls AS parent ON parent.id = one.parent
       WHERE seq > ? ORDER BY seq LIMIT ?`,
      after,
      limit,
    )
    .toArray()
    .map(({ record, level, parent, ...row }) => ({
      ...row,
      depth: level,
      ...(parent !== null && { parent }),
      ...(JSON.parse(record) as PageRecord), // as the frontier's store wrote it
    }));
}

/** When the page of a number was kept, in milliseconds since 1970. */
export function pageAtMs({ sql }: DurableObjectStorage, seq: number): number | undefined {
  return sql.exec<{ atMs: number }>("SELECT atMs FROM pages WHERE seq = ?", seq).toArray()[0]?.atMs;
}
