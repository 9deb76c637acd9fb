import { gzip } from "./gzip.ts";
import { type Capture, concat, infoRecord, responseRecord } from "./warc.ts";

/** Where an answer stands in a segment. */
export interface SegmentRecord {
  /** Of its URL, in the crawl. */
  readonly id: number;
  readonly url: string;
  readonly atMs: number;
  readonly status: number;
  readonly type: string;
  readonly sha256: string;
  /** In the compressed segment. */
  readonly offset: number;
  readonly length: number;
}

/** A part of an archive that is stored: what it is called, and what it holds. */
export interface StoredSegment {
  readonly key: string;
  readonly bytes: number;
  readonly records: readonly SegmentRecord[];
}

/** A part of an archive being written: what one batch brings. */
export interface SegmentWriter {
  /** Writes an answer, as a gzip member of its own. */
  readonly add: (capture: Capture) => Promise<void>;
  /** How many bytes there are. */
  sizeBytes(): number;
  close(): { readonly bytes: Uint8Array<ArrayBuffer>; readonly records: readonly SegmentRecord[] };
}

/** What a segment is made by. */
interface SegmentOptions {
  readonly info: Readonly<Record<string, string>>;
  readonly makeId: () => string;
  readonly epochMs: () => number;
}

/** Begins a segment. */
export async function openSegment({ info, makeId, epochMs }: SegmentOptions): Promise<SegmentWriter> {
  const members = [await gzip(infoRecord(info, epochMs(), makeId()))];
  const records: SegmentRecord[] = [];
  let size = members[0]?.byteLength ?? 0;
  return {
    async add(capture) {
      const member = await gzip(responseRecord(capture, makeId()));
      const { id, url, atMs, status, type, sha256 } = capture;
      // Others may have been added meanwhile: it stands behind them.
      records.push({ id, url, atMs, status, type, sha256, offset: size, length: member.byteLength });
      members.push(member);
      size += member.byteLength;
    },
    sizeBytes: () => size,
    close: () => ({ bytes: concat(members), records }),
  };
}
