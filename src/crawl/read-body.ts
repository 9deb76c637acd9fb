import { concat } from "./warc.ts";

/** As much of a body as may be read. */
export interface Body {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether there was more. */
  readonly isCut: boolean;
}

/** Reads a body, decompressed, up to a number of bytes; of what comes after that, nothing is taken. */
export async function readBody({ body }: Response, maxBytes: number): Promise<Body> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body ?? []) {
    const room = maxBytes - size;
    pieces.push(piece.subarray(0, room));
    size += Math.min(room, piece.byteLength);
    if (piece.byteLength > room) return { bytes: concat(pieces), isCut: true };
  }
  return { bytes: concat(pieces), isCut: false };
}
