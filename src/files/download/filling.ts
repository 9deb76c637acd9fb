import type { Bucket, OpenFixedLength } from "../bucket.ts";
import { openPartsSink } from "../parts-sink.ts";
import { openSingleSink } from "../single-sink.ts";
import { MAX_SINGLE_BYTES, type Sink } from "../sink.ts";
import type { UploadLog } from "../upload-log.ts";
import type { Digest } from "./digest.ts";
import type { Entity } from "./entity.ts";
import { DownloadError, refuse } from "./failure.ts";
import { type Meter, openMeter } from "./meter.ts";
import type { Download } from "./request.ts";

/** Where downloads are stored. */
export interface Store {
  readonly bucket: Bucket;
  readonly openFixedLength: OpenFixedLength;
  openDigest(this: void): Digest;
  /** Whose download it is, so that a later attempt knows its own file. */
  readonly owner: string;
  readonly log: UploadLog;
}

/** A file that is being filled with what comes in. */
export interface Filling {
  readonly entity: Entity;
  readonly meter: Meter;
  readonly sink: Sink;
  /** @throws {DownloadError} When it is too much, too slow, or cannot be stored. */
  take(chunk: Uint8Array<ArrayBuffer>, waitedMs: number): Promise<void>;
  /** @throws {DownloadError} When it is not the file that was wanted. */
  check(): Promise<void>;
}

/** Begins a file. @throws {DownloadError} When it says that it will be too large. */
export function openFilling(entity: Entity, request: Download, store: Store): Filling {
  const { key, maxBytes } = request;
  const { length, contentType } = entity;
  if (length !== undefined && length > maxBytes) throw tooLarge(maxBytes);
  const { bucket, log, owner, openFixedLength, openDigest } = store;
  const fields = {
    ...(contentType !== undefined && { httpMetadata: { contentType } }),
    customMetadata: { owner },
  };
  const target = { bucket, key, fields, log, onlyIf: { etagDoesNotMatch: "*" } };
  const isSingle = length !== undefined && length <= MAX_SINGLE_BYTES;
  const sink = isSingle ? openSingleSink(target, length, openFixedLength) : openPartsSink(target);
  const meter = openMeter(request.minBytesPerSecond);
  const digest = request.sha256 === undefined ? undefined : openDigest();
  return {
    entity,
    meter,
    sink,
    async take(chunk, waitedMs) {
      meter.add(chunk.length, waitedMs);
      if (meter.bytes > maxBytes) throw tooLarge(maxBytes);
      if (meter.bytes > (length ?? Infinity)) throw refuse(`Expected ${length} bytes as it says, got more`);
      if (meter.isTooSlow) {
        throw new DownloadError(`Expected at least ${request.minBytesPerSecond} bytes a second, got fewer`, {
          isRetryable: true,
        });
      }
      await digest?.update(chunk);
      try {
        await sink.write(chunk);
      } catch (cause) {
        throw new DownloadError("It could not be stored", { isRetryable: true, cause });
      }
    },
    async check() {
      const got = await digest?.end();
      if (got !== request.sha256) throw refuse(`Expected the SHA-256 ${request.sha256}, got ${got}`);
    },
  };
}

function tooLarge(maxBytes: number): DownloadError {
  return refuse(`Expected a file of at most ${maxBytes} bytes, got more`);
}
