import { openSegment, type SegmentWriter, type StoredSegment } from "../src/crawl/segment.ts";
import type { CrawlOrder } from "../src/crawl/stub.ts";
import type { Report } from "../src/crawl/wire.ts";

/** More than this is not held for one segment; what is left of a batch is fetched with the next. */
const FULL_BYTES = 32 * 1024 * 1024;

/** Whether a segment takes no more. */
export function isFull(writer: SegmentWriter | undefined): boolean {
  return writer !== undefined && writer.sizeBytes() >= FULL_BYTES;
}

/** The files of one crawl. */
export interface Archive {
  /**
   * Stores what a batch brings, before its report: what the report says is there. A report that never comes leaves a
   * file that no row knows, until it is swept.
   */
  keep(order: CrawlOrder, fetchBatch: (writer: SegmentWriter) => Promise<Report>): Promise<Report>;
  discard(segment: StoredSegment): Promise<void>;
  /** Deletes all files but these. */
  sweep(known: ReadonlySet<string>): Promise<void>;
}

const makeId = () => crypto.randomUUID();

/** Opens the files of the crawl with this id. */
export function openArchive(bucket: R2Bucket, id: string): Archive {
  const prefix = `crawls/${id}/`;
  return {
    async keep({ settings }, fetchBatch) {
      const info = { software: settings.userAgent, format: "WARC File Format 1.1", robots: "obey" };
      const writer = await openSegment({ info, makeId, epochMs: () => Date.now() });
      const report = await fetchBatch(writer);
      const { bytes, records } = writer.close();
      if (records.length === 0) return report;
      const key = `${prefix}${makeId()}.warc.gz`;
      await bucket.put(key, bytes, { httpMetadata: { contentType: "application/warc" } });
      return { ...report, segment: { key, bytes: bytes.byteLength, records } };
    },
    discard: async ({ key }) => await bucket.delete(key),
    async sweep(known) {
      let cursor: string | undefined;
      do {
        const listed = await bucket.list({ prefix, ...(cursor !== undefined && { cursor }) });
        const unknown = listed.objects.map(({ key }) => key).filter((key) => !known.has(key));
        if (unknown.length > 0) await bucket.delete(unknown);
        cursor = listed.truncated ? listed.cursor : undefined;
      } while (cursor !== undefined);
    },
  };
}
