import type { Bucket, BucketCondition, FileFields, StoredBody, StoredFile } from "../../src/files/bucket.ts";
import { PART_BYTES } from "../../src/files/parts-sink.ts";

/** A bucket in memory that does what R2 does: `routes-contract.ts` holds both to the same. */
export interface MemoryBucket extends Bucket {
  /** The keys there are. */
  keys(): readonly string[];
  bytesOf(key: string): Uint8Array | undefined;
  /** Ids of uploads that were neither completed nor aborted. */
  pending(): readonly string[];
  /** The most parts that were being sent at a time. */
  readonly mostSending: number;
}

interface Entry extends StoredFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

interface Upload {
  readonly key: string;
  readonly fields: FileFields;
  readonly parts: Map<number, { readonly etag: string; readonly bytes: Uint8Array<ArrayBuffer> }>;
  state: "open" | "completed" | "aborted";
}

/** @param onCall Is asked before anything happens; what it throws, the call fails with. */
export function memoryBucket(onCall: (name: string) => void | Promise<void> = () => undefined): MemoryBucket {
  const entries = new Map<string, Entry>();
  const uploads = new Map<string, Upload>();
  let made = 0;
  let sending = 0;
  let mostSending = 0;

  const keep = (key: string, bytes: Uint8Array<ArrayBuffer>, fields: FileFields): StoredFile => {
    made += 1;
    const etag = `etag-${made}`;
    const uploaded = new Date(Date.UTC(2026, 10, 25) + made * 1_000);
    const { httpMetadata, customMetadata } = fields;
    const entry = {
      key,
      size: bytes.length,
      etag,
      httpEtag: `"${etag}"`,
      uploaded,
      httpMetadata,
      customMetadata,
    };
    entries.set(key, { ...entry, bytes });
    return entry;
  };
  const uploadOf = (id: string) => {
    const upload = uploads.get(id);
    if (upload === undefined) throw new Error(`10024: no upload ${id}`);
    return upload;
  };
  const multipart = (id: string) => ({
    uploadId: id,
    async uploadPart(partNumber: number, value: Uint8Array<ArrayBuffer>) {
      const bytes = value.slice();
      sending += 1;
      mostSending = Math.max(mostSending, sending);
      try {
        await onCall("uploadPart");
        const upload = uploadOf(id);
        if (upload.state !== "open") throw new Error(`10024: upload ${id} is ${upload.state}`);
        const etag = `part-${partNumber}`;
        upload.parts.set(partNumber, { etag, bytes });
        return { partNumber, etag };
      } finally {
        sending -= 1;
      }
    },
    async complete(parts: { partNumber: number; etag: string }[]) {
      await onCall("complete");
      const upload = uploadOf(id);
      if (upload.state !== "open") throw new Error(`10024: upload ${id} is ${upload.state}`);
      const chosen = parts.map(({ partNumber }) => upload.parts.get(partNumber)?.bytes ?? new Uint8Array());
      const isEven = chosen.slice(0, -1).every(({ length }) => length === PART_BYTES);
      if (!isEven) throw new Error("10048: parts are not of one size");
      upload.state = "completed";
      return keep(upload.key, join(chosen), upload.fields);
    },
    async abort() {
      await onCall("abort");
      const upload = uploadOf(id);
      if (upload.state === "open") upload.state = "aborted";
    },
  });
  return {
    keys: () => [...entries.keys()],
    bytesOf: (key) => entries.get(key)?.bytes,
    pending: () => [...uploads].filter(([, { state }]) => state === "open").map(([id]) => id),
    get mostSending() {
      return mostSending;
    },
    async head(key) {
      await onCall("head");
      return entries.get(key) ?? null;
    },
    async get(key, { onlyIf = {}, range }): Promise<StoredBody | StoredFile | null> {
      await onCall("get");
      const entry = entries.get(key);
      if (entry === undefined || !isMet(onlyIf, entry)) return entry ?? null;
      const { offset, length } = range ?? { offset: 0, length: entry.size };
      const { body } = new Response(entry.bytes.slice(offset, offset + length));
      return { ...entry, body: body ?? new ReadableStream() };
    },
    async put(key, value, { onlyIf = {}, ...fields }) {
      await onCall("put");
      // Like R2, it reads nothing of what it does not take.
      if (!isMet(onlyIf, entries.get(key))) return null;
      const bytes = new Uint8Array(await new Response(value).arrayBuffer());
      return isMet(onlyIf, entries.get(key)) ? keep(key, bytes, fields) : null;
    },
    async delete(key) {
      await onCall("delete");
      entries.delete(key);
    },
    async list({ prefix = "", startAfter = "", limit = 1_000 }) {
      await onCall("list");
      const keys = [...entries.keys()].filter((key) => key.startsWith(prefix) && key > startAfter).toSorted();
      const objects = keys.slice(0, limit).flatMap((key) => entries.get(key) ?? []);
      return { objects, truncated: keys.length > limit };
    },
    async createMultipartUpload(key, fields) {
      await onCall("createMultipartUpload");
      made += 1;
      uploads.set(`upload-${made}`, { key, fields, parts: new Map(), state: "open" });
      return multipart(`upload-${made}`);
    },
    resumeMultipartUpload: (_key, uploadId) => multipart(uploadId),
  };
}

function isMet({ etagMatches, etagDoesNotMatch }: BucketCondition, entry: Entry | undefined): boolean {
  if (etagMatches !== undefined && entry?.etag !== etagMatches) return false;
  return etagDoesNotMatch === undefined || entry === undefined;
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
