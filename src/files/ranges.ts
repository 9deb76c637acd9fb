import { combineRanges, parse } from "range-parser";

/** Bytes of a file, from the first to the last, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What is to be sent of a file. */
export type RangeVerdict =
  | { readonly kind: "whole" }
  | { readonly kind: "parts"; readonly ranges: readonly [ByteRange, ...ByteRange[]] }
  /** None of what was asked for is there: 416. */
  | { readonly kind: "unsatisfiable" };

/** More parts than this are a mistake or an attack (RFC 9110, 17.15): the whole file is sent. */
export const MOST_PARTS = 16;

const MAX_CHARACTERS = 1_024;
const WHOLE = { kind: "whole" } as const;

/**
 * Reads `Range` (RFC 9110, 14.2) for a file of `size` bytes. What is no valid range of bytes is as if it were not there;
 * ranges that overlap or touch become one, in the order in which they were asked for.
 */
export function chooseRanges(field: string | null, size: number): RangeVerdict {
  if (field === null || field.length > MAX_CHARACTERS) return WHOLE;
  const { code, type, ranges } = parse(size, field);
  if (type !== "bytes" || (code & INVALID) !== 0 || ranges.length > MOST_PARTS) return WHOLE;
  const [first, ...rest] = combineRanges(ranges).map(({ start, end }) => ({ start, end }));
  // An end of the file that has none can be had (14.1.2), but no `Content-Range` can say so.
  if (first === undefined) return size === 0 && (code & BEYOND) === 0 ? WHOLE : { kind: "unsatisfiable" };
  return { kind: "parts", ranges: [first, ...rest] };
}

/** Codes of `range-parser`: bits that say what is wrong with some of the ranges. */
const INVALID = 1;
const BEYOND = 2;

/** `Content-Range` (RFC 9110, 14.4): `bytes 0-99/1234`, or with a star for the range that could not be had. */
export function contentRange(range: ByteRange | undefined, size: number): string {
  return `bytes ${range === undefined ? "*" : `${range.start}-${range.end}`}/${size}`;
}
