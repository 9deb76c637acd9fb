import { buffer } from "node:stream/consumers";
import { Readable } from "node:stream";
import { constants, crc32, createBrotliCompress, deflateRawSync } from "node:zlib";

/** What a bomb becomes. */
const EXPANDED_BYTES = 2 ** 30;
const BLOCK = Buffer.alloc(16 * 2 ** 20);
const BLOCKS = Array.from({ length: EXPANDED_BYTES / BLOCK.byteLength }, () => BLOCK);
/** What sums are taken modulo (RFC 1950, 9). */
const ADLER = 65_521;

/** For each coding of content a body of about a megabyte, or less, that becomes a gigabyte of zeros. */
export async function makeBombs(): Promise<Readonly<Record<"gzip" | "deflate" | "br", Buffer>>> {
  // It ends on a byte and refers to nothing before it, and so can come again and again (RFC 1951, 3.2).
  const block = deflateRawSync(BLOCK, { finishFlush: constants.Z_FULL_FLUSH });
  const raw = Buffer.concat([...BLOCKS.map(() => block), Buffer.from([0x03, 0x00])]);
  const checked = Buffer.alloc(8);
  checked.writeUInt32LE(BLOCKS.reduce((sum, piece) => crc32(piece, sum), 0));
  checked.writeUInt32LE(EXPANDED_BYTES, 4);
  const adler = Buffer.alloc(4);
  adler.writeUInt16BE(EXPANDED_BYTES % ADLER);
  adler.writeUInt16BE(1, 2);
  const brotli = createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
  return {
    gzip: Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]), raw, checked]),
    deflate: Buffer.concat([Buffer.from([0x78, 0x9c]), raw, adler]),
    br: await buffer(Readable.from(BLOCKS).pipe(brotli)),
  };
}
