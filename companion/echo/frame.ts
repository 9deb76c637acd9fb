/** What stands before everything that is answered. */
const PREFIX = Buffer.from("Echo: ");

/** No more bytes than this are answered at once. */
const MOST_BYTES = 1_024;

const NEWLINE = 0x0a;

/** Makes answers of bytes as they come. */
export interface Framing {
  /** @returns The answers to what is complete now. */
  take(bytes: Buffer): Buffer;
  /** Nothing more comes. @returns The answer to what was left. */
  end(): Buffer;
}

const NOTHING = Buffer.alloc(0);

/** Answers every piece of at most 1,024 bytes, whatever is in it. */
export function chunkFraming(): Framing {
  return {
    take: (bytes) =>
      bytes.length > 0 && bytes.length <= MOST_BYTES ? prefixed(bytes) : answer(bytes, cutAt(bytes.length)),
    end: () => NOTHING,
  };
}

/** One piece, which is what nearly all are: this is what an echo spends its time with. */
function prefixed(bytes: Buffer): Buffer {
  const answered = Buffer.allocUnsafe(PREFIX.length + bytes.length);
  answered.set(PREFIX);
  answered.set(bytes, PREFIX.length);
  return answered;
}

/**
 * Answers every line with its end; one that is longer than 1,024 bytes is answered in pieces, and what the last line
 * lacks an end of is answered as it is.
 */
export function lineFraming(): Framing {
  let held = NOTHING;
  return {
    take(bytes) {
      const all = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
      const ends: number[] = [];
      let from = 0;
      for (;;) {
        const newline = all.subarray(from, from + MOST_BYTES).indexOf(NEWLINE);
        if (newline !== -1) from += newline + 1;
        else if (all.length - from >= MOST_BYTES) from += MOST_BYTES;
        else break;
        ends.push(from);
      }
      // A copy: the rest of a chunk must not keep all of it in memory.
      held = Buffer.from(all.subarray(from));
      return answer(all, ends);
    },
    end() {
      const rest = held;
      held = NOTHING;
      return answer(rest, cutAt(rest.length));
    },
  };
}

/** Where the pieces of so many bytes end. */
function cutAt(length: number): readonly number[] {
  return Array.from({ length: Math.ceil(length / MOST_BYTES) }, (_, index) =>
    Math.min(length, (index + 1) * MOST_BYTES),
  );
}

/** Puts the prefix before each piece; `ends` are where they end. */
function answer(bytes: Buffer, ends: readonly number[]): Buffer {
  const last = ends.at(-1);
  if (last === undefined) return NOTHING;
  const answered = Buffer.allocUnsafe(last + ends.length * PREFIX.length);
  let from = 0;
  let at = 0;
  for (const end of ends) {
    at += PREFIX.copy(answered, at);
    at += bytes.copy(answered, at, from, end);
    from = end;
  }
  return answered;
}
