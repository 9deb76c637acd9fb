import type { ServeOptions } from "../../src/files/serve.ts";
import { type MemoryBucket, memoryBucket } from "./memory-bucket.ts";

/** Files in memory, and how many bytes a stream promises. */
export function memoryFiles(bucket: MemoryBucket = memoryBucket()): ServeOptions & { bucket: MemoryBucket } {
  let made = 0;
  return { bucket, fixedLength, makeId: () => `made-${(made += 1)}` };
}

/** What the platform's `FixedLengthStream` does, where there is none. */
function fixedLength(bytes: number) {
  let left = bytes;
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      left -= chunk.length;
      if (left < 0) throw new TypeError(`More than ${bytes} bytes`);
      controller.enqueue(chunk);
    },
    flush() {
      if (left > 0) throw new TypeError(`${left} bytes of ${bytes} are missing`);
    },
  });
}
