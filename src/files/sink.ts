import type { Bucket, BucketCondition, FileFields, OpenFixedLength, StoredFile } from "./bucket.ts";
import type { UploadLog } from "./upload-log.ts";

/** Where the bytes of a file go. Nothing can be seen of it before `commit`, and nothing is left of it after `abort`. */
export interface Sink {
  /** Keeps the chunk: it must not change afterwards. */
  write(chunk: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Lets the file appear. @returns Nothing when the condition does not hold. */
  commit(): Promise<StoredFile | null>;
  /** May be called again, and after a failure. */
  abort(reason: unknown): Promise<void>;
}

/** Where a file is to be. */
export interface Target {
  readonly bucket: Bucket;
  readonly key: string;
  readonly fields: FileFields;
  /** Under which it may appear. */
  readonly onlyIf: BucketCondition;
  readonly fixedLength: OpenFixedLength;
  /** Is told of an upload in parts, for whoever has to clean up after a crash. */
  readonly log?: UploadLog | undefined;
}

/** The largest file that one `put` takes, with room to spare: R2 says a little less than 5 GiB. */
export const MAX_SINGLE_BYTES = 4 * 1024 ** 3;

/**
 * One `put` of a known length. The last chunk is held back until `commit`, so that there is a moment at which all bytes
 * are known, and none of the file is there.
 *
 * @param length How many bytes will be written, and no others.
 */
export function openSingleSink(target: Target, length: number): Sink {
  const { bucket, key, fields, onlyIf, fixedLength } = target;
  let held: Uint8Array<ArrayBuffer> = new Uint8Array();
  let open:
    | { readonly writer: WritableStreamDefaultWriter<Uint8Array>; stored: Promise<StoredFile | null> }
    | undefined;

  const start = () => {
    const { readable, writable } = fixedLength(length);
    const writer = writable.getWriter();
    const stored = bucket.put(key, readable, { ...fields, onlyIf });
    // A bucket that has made up its mind takes no more: whoever writes must not wait for it.
    const stop = (reason: unknown) => void writer.abort(reason).catch(() => undefined);
    stored.then(
      (file) => stop(new Error(`\`${key}\` was ${file === null ? "refused" : "stored"} early`)),
      stop,
    );
    writer.closed.catch(() => undefined); // told to whoever writes
    return { writer, stored };
  };
  const pass = async () => {
    if (held.length === 0) return;
    open ??= start();
    await open.writer.write(held);
  };
  return {
    async write(chunk) {
      await pass();
      held = chunk;
    },
    async commit() {
      if (open === undefined) return await bucket.put(key, held, { ...fields, onlyIf });
      await pass();
      await open.writer.close();
      return await open.stored;
    },
    async abort(reason) {
      if (open === undefined) return;
      await open.writer.abort(reason).catch(() => undefined); // it has failed already
      await open.stored.catch(() => undefined); // that is what was asked for
    },
  };
}
