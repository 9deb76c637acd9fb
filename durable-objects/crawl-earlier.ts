import type { Outcome } from "../src/crawl/diff.ts";
import type { EarlierPage, PageRecord } from "../src/crawl/wire.ts";

/** Pages that can be asked for again on a condition: those that were fine, with what they link to. */
export function listEarlier({ sql }: DurableObjectStorage, keys: readonly string[]): readonly EarlierPage[] {
  return sql
    .exec<{ id: number; key: string; record: string }>(
      `SELECT urls.id AS id, urls.key AS key, record FROM json_each(?) JOIN urls ON urls.key = value JOIN pages ON pages.id = urls.id`,
      JSON.stringify(keys),
    )
    .toArray()
    .map(({ id, key, record }) => {
      const targets = sql
        .exec<{ targets: string }>("SELECT targets FROM edges WHERE id = ? ORDER BY seq", id)
        .toArray()
        .flatMap((row) => JSON.parse(row.targets) as string[]); // as they were written
      return { key, page: JSON.parse(record) as PageRecord, targets };
    })
    .filter(({ page }) => page.status < 400);
}

/** How URLs ended, in the order of their keys. */
export function listOutcomes(
  { sql }: DurableObjectStorage,
  after: string,
  limit: number,
): readonly Outcome[] {
  return sql
    .exec<{ key: string; url: string; end: Outcome["end"]; record: string | null }>(
      `SELECT key, url, status AS end, record FROM urls LEFT JOIN pages ON pages.id = urls.id
       WHERE key > ? AND status NOT IN ('queued', 'leased') ORDER BY key LIMIT ?`,
      after,
      limit,
    )
    .toArray()
    .map(({ record, ...row }) => ({
      ...row,
      page: record === null ? undefined : (JSON.parse(record) as PageRecord),
    }));
}
