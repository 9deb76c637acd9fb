import { openSegment, type SegmentWriter, type StoredSegment } from "./segment.ts";
import type { CrawlOrder } from "./stub.ts";
import type { Report, Result } from "./wire.ts";

/**
 * More than this is not held for one segment; what is left of a batch is fetched with the next. An object holds two at
 * once, and each again as a whole when it is stored, in 128 MB.
 */
const FULL_BYTES = 16 * 1024 * 1024;

/** Where the files are: as much of a bucket of R2 as is needed. */
interface FileBucket {
  put(
    key: string,
    bytes: Uint8Array<ArrayBuffer>,
    options: { readonly httpMetadata: { readonly contentType: string } },
  ): Promise<unknown>;
  delete(keys: string | string[]): Promise<void>;
  list(options: {
    readonly prefix: string;
    readonly cursor?: string;
  }): Promise<
    { readonly objects: readonly { readonly key: string }[] } & (
      | { readonly truncated: false }
      | { readonly truncated: true; readonly cursor: string }
    )
  >;
}

/** Whether a segment takes no more. */
export function isFull(writer: SegmentWriter | undefined): boolean {
  return writer !== undefined && writer.sizeBytes() >= FULL_BYTES;
}

/** The files of one crawl. */
export interface Archive {
  /**
   * Stores what a batch brings, before its report: what the report says is there. A report that never comes leaves a
   * file that no row knows, until it is swept. Where nothing can be stored, pages are to be tried again.
   */
  keep(
    order: Pick<CrawlOrder, "settings">,
    fetchBatch: (writer: SegmentWriter) => Promise<Report>,
    noteFailure: (event: string, error: unknown) => void,
  ): Promise<Report>;
  discard(segment: StoredSegment): Promise<void>;
  /** Deletes all files but these. */
  sweep(known: ReadonlySet<string>): Promise<void>;
}

const makeId = () => crypto.randomUUID();

/** Opens the files of a crawl. @param id That of its object. */
export function openArchive(bucket: FileBucket, id: string): Archive {
  const prefix = `crawls/${id}/`;
  return {
    async keep({ settings }, fetchBatch, noteFailure) {
      const info = { software: settings.userAgent, format: "WARC File Format 1.1", robots: "obey" };
      const writer = await openSegment({ info, makeId, epochMs: () => Date.now() });
      const report = await fetchBatch(writer);
      const { bytes, records } = writer.close();
      if (records.length === 0) return report;
      const key = `${prefix}${makeId()}.warc.gz`;
      try {
        await bucket.put(key, bytes, { httpMetadata: { contentType: "application/warc" } });
      } catch (error) {
        noteFailure("crawl-archive-failed", error);
        return { ...report, results: report.results.map(withoutPage) };
      }
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

/** A page counts when the archive has it. */
function withoutPage(result: Result): Result {
  const { id } = result;
  if (result.kind === "page") return { id, kind: "retry", reason: "archive-unreachable" };
  return result.kind === "retry" ? { ...result, page: undefined } : result;
}
