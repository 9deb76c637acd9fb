import type { MultipartUpload, UploadedPart } from "./bucket.ts";
import { holds } from "./put-condition.ts";
import type { Sink, Target } from "./sink.ts";

/** All parts of an upload but the last are of one size, as R2 demands, and at least 5 MiB. */
export const PART_BYTES = 8 * 1024 ** 2;

/** R2 takes no more. */
const MOST_PARTS = 10_000;

/** The largest file that can be stored without knowing its length. */
export const MAX_PARTS_BYTES = MOST_PARTS * PART_BYTES;

/**
 * An upload in parts, for a length that nobody knows. Holds two parts in memory at most: one that fills while the other
 * one is sent. What is smaller than a part is stored by a plain `put`.
 *
 * R2 completes an upload unconditionally, so the condition is looked at right before: another file that appears in
 * between is replaced.
 */
export function openPartsSink(target: Target): Sink {
  const { bucket, key, fields, onlyIf, log } = target;
  const parts: UploadedPart[] = [];
  let filling = new Uint8Array(PART_BYTES);
  let filled = 0;
  let opening: Promise<MultipartUpload> | undefined;
  let sending: Promise<Uint8Array<ArrayBuffer>> | undefined;
  let isAborted = false;

  const openUpload = async () => {
    const upload = await bucket.createMultipartUpload(key, fields);
    try {
      await log?.opened(key, upload.uploadId);
      return upload;
    } catch (error) {
      // Nobody would know that it is there.
      await upload.abort();
      throw error;
    }
  };
  /** @returns The buffer, to be filled again. */
  const send = async (buffer: Uint8Array<ArrayBuffer>, bytes: number) => {
    const upload = await (opening ??= openUpload());
    if (isAborted) return buffer;
    parts.push(await upload.uploadPart(parts.length + 1, buffer.subarray(0, bytes)));
    return buffer;
  };
  /** Begins to send what has filled up, once what was sent before is there. */
  const turnOver = async () => {
    const free = await sending;
    sending = send(filling, filled);
    sending.catch(() => undefined); // told to whoever writes next
    filling = free ?? new Uint8Array(PART_BYTES);
    filled = 0;
  };
  return {
    async write(chunk) {
      for (let from = 0; from < chunk.length;) {
        if (filled === PART_BYTES) await turnOver();
        const piece = chunk.subarray(from, from + PART_BYTES - filled);
        filling.set(piece, filled);
        filled += piece.length;
        from += piece.length;
      }
    },
    async commit() {
      if (opening === undefined && sending === undefined) {
        return await bucket.put(key, filling.subarray(0, filled), { ...fields, onlyIf });
      }
      await turnOver();
      await sending;
      const upload = await opening;
      if (upload === undefined) throw new Error("Expected an upload to be open when its last part is sent");
      if (!holds(onlyIf, await bucket.head(key))) {
        await this.abort(undefined);
        return null;
      }
      const file = await upload.complete(parts);
      await log?.closed();
      return file;
    },
    async abort() {
      isAborted = true;
      const upload = await opening?.catch(() => undefined); // then there is none
      await upload?.abort();
      await sending?.catch(() => undefined); // that is what was asked for
      if (upload !== undefined) await log?.closed();
    },
  };
}
