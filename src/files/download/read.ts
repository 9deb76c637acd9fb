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
  const reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> = body.getReader();
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

/** @returns Nothing at the end. */
async function readOne(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  signal: CancelSignal,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  // Ends the read that waits, whatever the other side does.
  const stop = () => void reader.cancel(signal.reason).catch(() => undefined); // the signal says it
  signal.addEventListener("abort", stop, { once: true });
  try {
    const { done, value } = await reader.read();
    signal.throwIfAborted();
    return done ? undefined : value;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
