import type { Bucket, BucketCondition, FileFields, StoredFile } from "./bucket.ts";
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
  /** Is told of an upload in parts, for whoever has to clean up after a crash. */
  readonly log?: UploadLog | undefined;
}

/** The largest file that one `put` takes, with room to spare: R2 says a little less than 5 GiB. */
export const MAX_SINGLE_BYTES = 4 * 1024 ** 3;
