import { Refusal } from "../refusal.ts";
import type { RawFields } from "../rules/fields.ts";
import { readFieldLines } from "./head-reader.ts";

/** A line of a chunk's size and extensions, and all lines of a trailer section, are no longer than this. */
const LONGEST_SIZE_LINE = 4_096;
const LARGEST_TRAILERS = 65_536;
const SIZE_LINE = /^([\da-f]{1,13})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?$/i;

const CR = 13;
const LF = 10;

/** What a {@link ChunkReader} finds. */
export interface ChunkSink {
  onData(bytes: Buffer): void;
  /**
   * The body is whole.
   *
   * @param isSurpassed Whether bytes come behind it.
   */
  onEnd(trailers: RawFields, isSurpassed: boolean): void;
}

/** Reads the chunked coding (RFC 9112 §7.1), in whatever pieces it comes. Extensions are dropped, as they have to be. */
export interface ChunkReader {
  /**
   * @throws {Refusal} When it is malformed.
   */
  read(bytes: Buffer): void;
}

export function createChunkReader(sink: ChunkSink): ChunkReader {
  let state: "size" | "data" | "after-data" | "trailers" | "ended" = "size";
  let left = 0;
  /** What has come of a line that is not whole yet. */
  let line = "";
  let trailerBytes = 0;
  const trailers: string[] = [];

  /** Takes a line that ends in CRLF; `undefined` when the bytes end first. */
  const takeLine = (bytes: Buffer, at: number, limit: number): { line: string; next: number } | undefined => {
    const end = bytes.indexOf(LF, at);
    line += bytes.toString("latin1", at, end === -1 ? bytes.length : end);
    if (line.length > limit)
      throw new Refusal("protocol", "the origin's answer has a chunk with too long a line");
    if (end === -1) return undefined;
    if (line.charCodeAt(line.length - 1) !== CR) throw malformed();
    const whole = line.slice(0, -1);
    line = "";
    return { line: whole, next: end + 1 };
  };

  return {
    read(bytes) {
      let at = 0;
      while (at < bytes.length && state !== "ended") {
        if (state === "data") {
          const end = Math.min(bytes.length, at + left);
          left -= end - at;
          sink.onData(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end));
          at = end;
          if (left === 0) state = "after-data";
          continue;
        }
        const limit = state === "size" ? LONGEST_SIZE_LINE : state === "trailers" ? LARGEST_TRAILERS : 2;
        const taken = takeLine(bytes, at, limit);
        if (taken === undefined) return;
        at = taken.next;
        if (state === "after-data") {
          if (taken.line !== "") throw malformed();
          state = "size";
        } else if (state === "size") {
          const [, digits] = SIZE_LINE.exec(taken.line) ?? [];
          if (digits === undefined) throw malformed();
          left = Number.parseInt(digits, 16);
          state = left === 0 ? "trailers" : "data";
        } else if (taken.line === "") {
          state = "ended";
          sink.onEnd(readFieldLines(trailers, 0), at < bytes.length);
        } else {
          trailerBytes += taken.line.length;
          if (trailerBytes > LARGEST_TRAILERS) {
            throw new Refusal("protocol", "the origin's answer has too large a trailer section");
          }
          trailers.push(taken.line);
        }
      }
    },
  };
}

function malformed(): Refusal {
  return new Refusal("protocol", "the origin's answer has a malformed chunk");
}
