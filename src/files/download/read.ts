import { type CancelSignal, type Clock, withTimeout } from "#kernel";
import type { Filling } from "./filling.ts";

/** What a body is read with. */
export interface Reading {
  readonly signal: CancelSignal;
  readonly clock: Clock;
  readonly idleTimeoutMs: number;
  /** Is called for every chunk that has been stored. */
  onChunk(this: void, filling: Filling): void;
}

/**
 * Reads a body to its end, into a file. Leaves nothing open, however it ends.
 *
 * @throws {DownloadError} What the file refuses. What the body breaks off with, `TimeoutError` when it stalls. The reason
 *   of the signal.
 */
export async function readInto(filling: Filling, { body }: Response, reading: Reading): Promise<void> {
  if (body === null) return;
  const { signal, clock, idleTimeoutMs, onChunk } = reading;
  const reader = openReader(body);
  try {
    for (;;) {
      const beganMs = clock.now();
      const next = async (own: CancelSignal) => await readOne(reader, own);
      const chunk = await withTimeout(next, idleTimeoutMs, { signal, clock });
      if (chunk === undefined) return;
      await filling.take(chunk, clock.now() - beganMs);
      onChunk(filling);
    }
  } catch (error) {
    void reader.cancel(error).catch(() => undefined); // broken already
    throw error;
  }
}

/** What is read with: a chunk, or nothing at the end. */
interface ChunkReader {
  read(): Promise<Uint8Array<ArrayBuffer> | undefined>;
  cancel(reason: unknown): Promise<void>;
}

/** What is read at once. Without a buffer of ours the platform reads 4 KiB, and each costs as much. */
const CHUNK_BYTES = 128 * 1024;

function openReader(body: ReadableStream<Uint8Array<ArrayBuffer>>): ChunkReader {
  const bytes = openByteReader(body);
  if (bytes !== undefined) {
    return {
      async read() {
        const { done, value } = await bytes.read(new Uint8Array(CHUNK_BYTES));
        return done ? undefined : value;
      },
      cancel: async (reason) => await bytes.cancel(reason),
    };
  }
  const reader = body.getReader();
  return {
    async read() {
      const { done, value } = await reader.read();
      return done ? undefined : value;
    },
    cancel: async (reason) => await reader.cancel(reason),
  };
}

function openByteReader(body: ReadableStream<Uint8Array<ArrayBuffer>>): ReadableStreamBYOBReader | undefined {
  try {
    return body.getReader({ mode: "byob" });
  } catch {
    return undefined; // a stream that is no stream of bytes, which those of the network are
  }
}

/**
 * @param signal Of this one read.
 * @returns Nothing at the end.
 */
async function readOne(
  reader: ChunkReader,
  signal: CancelSignal,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  // Ends the read that waits, whatever the other side does.
  const stop = () => void reader.cancel(signal.reason).catch(() => undefined); // the signal says it
  signal.addEventListener("abort", stop, { once: true });
  const chunk = await reader.read();
  // A body that was cancelled has come to its end as well.
  signal.throwIfAborted();
  return chunk;
}
