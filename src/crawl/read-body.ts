import { bodyLength } from "../http/body-length.ts";
import { fromWorld } from "./world-fault.ts";
import { concat } from "./warc.ts";

/** As much of a body as may be read. */
export interface Body {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether there was more. */
  readonly isCut: boolean;
}

/**
 * Reads a body, decompressed, up to a number of bytes; of what comes after that, nothing is taken.
 *
 * @throws {WorldFault} When it breaks.
 */
export async function readBody(response: Response, maxBytes: number): Promise<Body> {
  return await fromWorld(async () => await readPieces(response, maxBytes));
}

async function readPieces(response: Response, maxBytes: number): Promise<Body> {
  if (tellsItsSize(response, maxBytes))
    return { bytes: new Uint8Array(await response.arrayBuffer()), isCut: false };
  const { body } = response;
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

/** Whether it cannot be larger. Read at once, it costs less. */
function tellsItsSize({ headers }: Response, maxBytes: number): boolean {
  return (bodyLength(headers) ?? Infinity) <= maxBytes;
}
