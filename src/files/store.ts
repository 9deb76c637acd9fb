import type { Bucket, BucketCondition, StoredFile } from "./bucket.ts";
import { MAX_PARTS_BYTES, openPartsSink } from "./parts-sink.ts";
import { MAX_SINGLE_BYTES } from "./sink.ts";
import { ProblemError } from "../http/problem.ts";

/** A file that somebody sends. */
export interface Upload {
  readonly key: string;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  /** Of the body; `undefined` where nobody says it. */
  readonly length: number | undefined;
  readonly contentType: string | undefined;
  readonly onlyIf: BucketCondition;
}

/**
 * Stores a file as it comes in. What breaks off leaves nothing behind, and what was there before as it was.
 *
 * @returns Nothing when the condition does not hold.
 * @throws {ProblemError} `content-too-large`. What the body fails with.
 */
export async function storeUpload(
  { key, body, length, contentType, onlyIf }: Upload,
  bucket: Bucket,
): Promise<StoredFile | null> {
  const fields = contentType === undefined ? {} : { httpMetadata: { contentType } };
  if (body === null) return await bucket.put(key, new Uint8Array(), { ...fields, onlyIf });
  if (length !== undefined && length <= MAX_SINGLE_BYTES) {
    return await bucket.put(key, body, { ...fields, onlyIf });
  }
  const sink = openPartsSink({ bucket, key, fields, onlyIf });
  try {
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > MAX_PARTS_BYTES) throw tooLarge();
      await sink.write(chunk);
    }
    return await sink.commit();
  } catch (error) {
    await sink.abort(error);
    throw error;
  }
}

function tooLarge(): ProblemError {
  return new ProblemError("content-too-large", {
    detail: `Expected a file of at most ${MAX_PARTS_BYTES} bytes`,
  });
}
