import { linkAbort, toAbortSignal } from "#kernel";
import type { Bucket, BucketCondition, OpenFixedLength, StoredFile } from "./bucket.ts";
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
 * @throws {ProblemError} `content-too-large`; `client-closed-request` when the body breaks off. What the bucket fails with.
 */
export async function storeUpload(
  { key, body, length, contentType, onlyIf }: Upload,
  { bucket, fixedLength }: { readonly bucket: Bucket; readonly fixedLength: OpenFixedLength },
): Promise<StoredFile | null> {
  const fields = contentType === undefined ? {} : { httpMetadata: { contentType } };
  if (body === null) return await bucket.put(key, new Uint8Array(), { ...fields, onlyIf });
  if (length === 0) {
    await body.cancel();
    return await bucket.put(key, new Uint8Array(), { ...fields, onlyIf });
  }
  if (length !== undefined && length > MAX_PARTS_BYTES) {
    await body.cancel();
    throw tooLarge();
  }
  if (length !== undefined && length <= MAX_SINGLE_BYTES) {
    const { readable, writable } = fixedLength(length);
    return await passOn(body, writable, bucket.put(key, readable, { ...fields, onlyIf }));
  }
  const sink = openPartsSink({ bucket, key, fields, onlyIf });
  try {
    let bytes = 0;
    for await (const chunk of watched(body)) {
      bytes += chunk.length;
      if (bytes > MAX_PARTS_BYTES) throw tooLarge();
      await sink.write(chunk);
    }
    return await sink.commit();
  } catch (error) {
    await sink.abort(error).catch(() => undefined); // what cannot be put away now R2 removes itself, after a week
    throw error;
  }
}

/** Lets a body flow into a put. Whichever of the two fails first is to blame. */
async function passOn(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  writable: WritableStream<Uint8Array>,
  putting: Promise<StoredFile | null>,
): Promise<StoredFile | null> {
  using over = linkAbort();
  const piping = body.pipeTo(writable, { signal: toAbortSignal(over.signal) }).catch(brokeOff);
  try {
    // A put that its condition ends early reads no further.
    return await Promise.race([putting, piping.then(async () => await putting)]);
  } finally {
    over.abort();
    // It may wait for a write that nobody reads any more; a put that does read fails by it.
    piping.catch(() => undefined);
    await Promise.allSettled([putting]);
  }
}

/** A body whose failures are known as such. */
async function* watched(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(brokeOff);
      if (done) return;
      yield value;
    }
  } finally {
    void reader.cancel().catch(() => undefined); // broken already
  }
}

function brokeOff(cause: unknown): never {
  throw new ProblemError("client-closed-request", { detail: "The body broke off", cause });
}

function tooLarge(): ProblemError {
  return new ProblemError("content-too-large", {
    detail: `Expected a file of at most ${MAX_PARTS_BYTES} bytes`,
  });
}
