import { joinBytes } from "./join-bytes.ts";

/** A piece of a stream: a small JSON head and the bytes that belong to it. */
export interface Frame {
  readonly head: unknown;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Two lengths in bytes before each frame, the head's and the body's, as unsigned 32-bit big-endian integers. */
const PREFIX_BYTES = 8;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Writes a frame. */
export function encodeFrame(head: unknown, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const headBytes = encoder.encode(JSON.stringify(head));
  const frame = new Uint8Array(PREFIX_BYTES + headBytes.length + body.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, headBytes.length);
  view.setUint32(4, body.length);
  frame.set(headBytes, PREFIX_BYTES);
  frame.set(body, PREFIX_BYTES + headBytes.length);
  return frame;
}

/**
 * Reads frames from a stream of bytes, however it is cut, and hands each on as it is whole.
 *
 * @throws {Error} When the stream ends within a frame.
 */
export async function readFrames(
  stream: ReadableStream<Uint8Array>,
  take: (frame: Frame) => void,
): Promise<void> {
  const reader = stream.getReader();
  let pieces: Uint8Array[] = [];
  let heldBytes = 0;
  let neededBytes = PREFIX_BYTES;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    pieces.push(read.value);
    heldBytes += read.value.length;
    // Joined only when there is a frame in it: a large one comes in many pieces, and each join copies all of them.
    if (heldBytes < neededBytes) continue;
    const bytes = joinBytes(pieces);
    let offset = 0;
    for (;;) {
      const frame = readFrame(bytes, offset);
      if (frame === undefined) break;
      offset = frame.end;
      take(frame);
    }
    const rest = bytes.subarray(offset);
    pieces = rest.length === 0 ? [] : [rest];
    heldBytes = rest.length;
    neededBytes = lengthOfFrame(rest);
  }
  if (heldBytes > 0) throw new Error("The stream ended within a frame");
}

/** How many bytes the frame takes that begins here; those of the prefix, where not even that is whole. */
function lengthOfFrame(bytes: Uint8Array): number {
  if (bytes.length < PREFIX_BYTES) return PREFIX_BYTES;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return PREFIX_BYTES + view.getUint32(0) + view.getUint32(4);
}

function readFrame(
  bytes: Uint8Array<ArrayBuffer>,
  offset: number,
): (Frame & { readonly end: number }) | undefined {
  if (bytes.length - offset < PREFIX_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset);
  const bodyStart = offset + PREFIX_BYTES + view.getUint32(0);
  const end = bodyStart + view.getUint32(4);
  if (bytes.length < end) return undefined;
  const head = JSON.parse(decoder.decode(bytes.subarray(offset + PREFIX_BYTES, bodyStart))) as unknown;
  return { head, body: bytes.subarray(bodyStart, end), end };
}
