import { canonicalKey } from "../src/crawl/canonical.ts";
import type { Outcome } from "../src/crawl/diff.ts";
import type { CrawlPlan } from "../src/crawl/plan.ts";
import { logError } from "../src/http/log.ts";
import type { Batch, EarlierPage, PageRecord } from "../src/crawl/wire.ts";
import type { Crawl } from "./crawl.ts";

/** Asks the crawl that is repeated what it knows of a batch; nothing where it is gone, or where all is to be archived. */
export async function earlierPages(
  crawls: DurableObjectNamespace<Crawl>,
  { recrawlOf, store }: CrawlPlan,
  { urls }: Batch,
): Promise<((id: number) => EarlierPage | undefined) | undefined> {
  if (recrawlOf === undefined || store === "warc") return undefined;
  const keys = new Map(urls.map(({ id, url }) => [id, canonicalKey(new URL(url))]));
  const pages = await crawls
    .getByName(recrawlOf)
    .earlier([...keys.values()])
    .catch((error: unknown) => {
      // It only saves what is sent: pages can be asked for without.
      logError("crawl-earlier-failed", { recrawlOf }, error);
      return [];
    });
  const byKey = new Map(pages.map((one) => [one.key, one]));
  return (id) => byKey.get(keys.get(id) ?? "");
}

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

/** How URLs ended that were asked for and led nowhere else, in the order of their keys. */
export function listOutcomes(
  { sql }: DurableObjectStorage,
  after: string,
  limit: number,
): readonly Outcome[] {
  return sql
    .exec<{ key: string; url: string; record: string | null }>(
      `SELECT key, url, record FROM urls LEFT JOIN pages ON pages.id = urls.id
       WHERE key > ? AND status IN ('page', 'failed') ORDER BY key LIMIT ?`,
      after,
      limit,
    )
    .toArray()
    .map(({ record, ...row }) => ({
      ...row,
      page: record === null ? undefined : (JSON.parse(record) as PageRecord),
    }));
}
