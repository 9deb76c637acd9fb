import type { OpenFixedLength } from "./bucket.ts";
import type { Sink, Target } from "./sink.ts";

/**
 * One `put` of a length that is known. It ends only with its last byte, so the last chunk is held back until the commit:
 * until then nothing can be seen, and an abort leaves nothing.
 */
export function openSingleSink(target: Target, length: number, openFixedLength: OpenFixedLength): Sink {
  const { bucket, key, fields, onlyIf } = target;
  if (length === 0) {
    // A stream of no bytes would be at its end already.
    return {
      write: async () => await Promise.reject(new RangeError("Expected no bytes, got some")),
      commit: async () => await bucket.put(key, new Uint8Array(), { ...fields, onlyIf }),
      abort: async () => await Promise.resolve(),
    };
  }
  const { readable, writable } = openFixedLength(length);
  const writer = writable.getWriter();
  const putting = bucket.put(key, readable, { ...fields, onlyIf });
  let isOver = false;
  const over = putting.then(() => void (isOver = true));
  over.catch(() => undefined); // told to whoever writes next
  writer.closed.catch(() => undefined); // its writes and the put tell the same
  let held: Uint8Array<ArrayBuffer> | undefined;

  /** A put that fails, or that its condition ends early, reads no further: a write alone could wait for ever. */
  const pass = async () => {
    if (held !== undefined && !isOver) await Promise.race([writer.write(held), over]);
    held = undefined;
  };
  return {
    async write(chunk) {
      if (chunk.length === 0) return;
      await pass();
      held = chunk;
    },
    async commit() {
      await pass();
      if (!isOver) await Promise.race([writer.close(), over]);
      return await putting;
    },
    async abort(reason) {
      held = undefined;
      // It may wait for a write that nobody reads any more; a put that does read fails by it.
      void writer.abort(reason).catch(() => undefined);
      await putting.catch(() => undefined); // that is what was asked for
    },
  };
}
