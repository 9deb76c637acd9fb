/** A line may have no more bytes than this. */
export const MOST_LINE_BYTES = 1_024;

const [NUL, LF, CR] = [0x00, 0x0a, 0x0d];
/** The byte of a character's beginning, in UTF-8, is none of these. */
const isContinuation = (byte: number) => (byte & 0xc0) === 0x80;

/** A line that has come to its end; `undefined` for one that was too long. */
export type Line = string | undefined;

/** Puts bytes together to lines. */
export interface Lines {
  /** @returns The lines that end in these bytes. */
  take(bytes: Buffer): readonly Line[];
  /** Drops the last character of the line that is being typed. */
  eraseCharacter(): void;
  /** Drops the line that is being typed. */
  eraseLine(): void;
}

/**
 * A line ends with CR LF, with CR NUL, as who sends characters sends a return (RFC 854), with LF alone, as `nc` does, or
 * with CR alone. What is no UTF-8 in it becomes U+FFFD.
 */
export function createLines(): Lines {
  const held = Buffer.alloc(MOST_LINE_BYTES);
  let length = 0;
  let isTooLong = false;
  let isAfterReturn = false;

  const finish = (): Line => {
    const line = isTooLong ? undefined : held.toString("utf8", 0, length);
    [length, isTooLong] = [0, false];
    return line;
  };

  return {
    take(bytes) {
      const lines: Line[] = [];
      for (const byte of bytes) {
        const isRest = isAfterReturn && (byte === LF || byte === NUL);
        isAfterReturn = byte === CR;
        if (isRest) continue;
        if (byte === CR || byte === LF) lines.push(finish());
        else if (length < MOST_LINE_BYTES) held[length++] = byte;
        else isTooLong = true;
      }
      return lines;
    },
    eraseCharacter() {
      if (isTooLong) return;
      while (length > 0 && isContinuation(held[length - 1] ?? 0)) length -= 1;
      length = Math.max(0, length - 1);
    },
    eraseLine() {
      [length, isTooLong] = [0, false];
    },
  };
}
