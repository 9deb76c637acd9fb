import { type IndexedRecord, surtOf } from "../src/crawl/cdxj.ts";
import type { StoredSegment } from "../src/crawl/segment.ts";
import type { ArchivePart, RecordPlace } from "../src/crawl/stub.ts";

/** Keeps where pages are in the archive. What else is in a segment, such as a try that failed, is not looked for. */
export function keepSegment({ sql }: DurableObjectStorage, { key, bytes, records }: StoredSegment): void {
  const { seq } = sql
    .exec<{ seq: number }>(
      "INSERT INTO segments (key, bytes, start) SELECT ?, ?, coalesce(max(start + bytes), 0) FROM segments RETURNING seq",
      key,
      bytes,
    )
    .one();
  for (const { id, url, atMs, offset, length, status, type, sha256 } of records) {
    sql.exec(
      `INSERT OR IGNORE INTO records (id, segment, surt, atMs, offset, length, status, type, sha256)
       SELECT id, ?, ?, ?, ?, ?, ?, ?, ? FROM pages WHERE id = ?`,
      seq,
      surtOf(url),
      atMs,
      offset,
      length,
      status,
      type,
      sha256,
      id,
    );
  }
}

/** Where a page is, by its key. */
export function findRecord({ sql }: DurableObjectStorage, key: string): { readonly found?: RecordPlace } {
  const [found] = sql
    .exec<RecordPlace & Record<string, SqlStorageValue>>(
      `SELECT segments.key AS key, offset, length, atMs FROM urls JOIN records ON records.id = urls.id
       JOIN segments ON segments.seq = segment WHERE urls.key = ?`,
      key,
    )
    .toArray();
  return found === undefined ? {} : { found };
}

/** Whether a file is one of the archive's. */
export function hasSegment({ sql }: DurableObjectStorage, key: string): boolean {
  return sql.exec("SELECT 1 FROM segments WHERE key = ?", key).toArray().length > 0;
}

/** The files of the archive, in their order. */
export function listSegments({ sql }: DurableObjectStorage): readonly string[] {
  return sql
    .exec<{ key: string }>("SELECT key FROM segments ORDER BY seq")
    .toArray()
    .map(({ key }) => key);
}

/** The files that have the archive's bytes from one on, and how long all of it is. */
export function partOfArchive({ sql }: DurableObjectStorage, from: number, limit: number): ArchivePart {
  const { size } = sql
    .exec<{ size: number }>("SELECT coalesce(max(start + bytes), 0) AS size FROM segments")
    .one();
  const files = sql
    .exec<{ key: string; start: number; bytes: number }>(
      "SELECT key, start, bytes FROM segments WHERE start + bytes > ? ORDER BY seq LIMIT ?",
      from,
      limit,
    )
    .toArray();
  return { size, files };
}

/** Pages in the order of the index. @param after The last one that is known. */
export function listIndex(
  { sql }: DurableObjectStorage,
  { surt, id }: Pick<IndexedRecord, "surt" | "id"> = { surt: "", id: 0 },
  limit: number,
): readonly IndexedRecord[] {
  return sql
    .exec<IndexedRecord & Record<string, SqlStorageValue>>(
      `SELECT records.id AS id, surt, url, atMs, records.status AS status, type, sha256, start + offset AS offset, length
       FROM records JOIN urls ON urls.id = records.id JOIN segments ON segments.seq = segment
       WHERE (surt, records.id) > (?, ?) ORDER BY surt, records.id LIMIT ?`,
      surt,
      id,
      limit,
    )
    .toArray();
}
