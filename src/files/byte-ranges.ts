import { type ByteRange, contentRange } from "./ranges.ts";

/** An answer in several parts, laid out before any of it is read. */
export interface PartLayout {
  readonly contentType: string;
  /** Of all of it. */
  readonly length: number;
  readonly parts: readonly { readonly range: ByteRange; readonly head: Uint8Array }[];
  readonly tail: Uint8Array;
}

/**
 * Lays out a `multipart/byteranges` (RFC 9110, 14.6).
 *
 * @param boundary Nothing that could be in the file.
 */
export function layOutParts(
  ranges: readonly ByteRange[],
  { size, contentType, boundary }: { size: number; contentType: string; boundary: string },
): PartLayout {
  const encoder = new TextEncoder();
  const parts = ranges.map((range, index) => {
    const fields = [`Content-Type: ${contentType}`, `Content-Range: ${contentRange(range, size)}`];
    const lines = [`${index === 0 ? "" : "\r\n"}--${boundary}`, ...fields, "", ""];
    return { range, head: encoder.encode(lines.join("\r\n")) };
  });
  const tail = encoder.encode(`\r\n--${boundary}--\r\n`);
  const length = parts.reduce((sum, { range, head }) => sum + head.length + sizeOf(range), tail.length);
  return { contentType: `multipart/byteranges; boundary=${boundary}`, length, parts, tail };
}

/** How many bytes a range has. */
export function sizeOf({ start, end }: ByteRange): number {
  return end - start + 1;
}
