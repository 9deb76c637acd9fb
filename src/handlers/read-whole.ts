import { NotRetryableError } from "../tasks/define.ts";

/**
 * Reads a body as a whole; what comes after `maxBytes` is never fetched.
 *
 * @throws {NotRetryableError} When there is more.
 */
export async function readWhole(
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  // Leaving the loop cancels the stream.
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > maxBytes) throw new NotRetryableError(`Expected at most ${maxBytes} bytes, got more`);
    chunks.push(chunk);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
