const TEXT = 1;
const FINAL = 0x80;
const MASKED = 0x80;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/** A kind of frame that is not data (RFC 6455, 5.5). */
export const CONTROL = { close: 8, ping: 9, pong: 10 } as const;

/**
 * A frame from a client (RFC 6455, 5.2). Its mask is zero, which a server cannot tell from another and which leaves the
 * bytes as they are.
 *
 * @param opcode A text's, without it.
 */
export function clientFrame(payload: string | Uint8Array, opcode: number = TEXT): Buffer {
  const bytes = Buffer.from(payload);
  const { length } = bytes;
  const head =
    length < LENGTH_16
      ? [FINAL | opcode, MASKED | length]
      : [FINAL | opcode, MASKED | LENGTH_16, length >> 8, length & 0xff];
  if (length > 0xffff) throw new RangeError(`Expected at most 65,535 bytes for a frame, got ${length}`);
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), bytes]);
}

/** Is told of a frame: its bytes from `start` to `end` are good until it returns. */
export type FrameListener = (opcode: number, bytes: Uint8Array, start: number, end: number) => void;

/**
 * Reads a server's frames in whatever pieces they come. Copies only a frame that a piece does not have whole.
 *
 * @returns Takes the next piece.
 * @throws When a message comes in several frames, which none of our contenders does.
 */
export function frameReader(onFrame: FrameListener): (piece: Uint8Array) => void {
  let rest: Buffer | undefined;
  return (piece) => {
    const bytes = rest === undefined ? piece : Buffer.concat([rest, piece]);
    const { length } = bytes;
    let at = 0;
    while (at + 2 <= length) {
      const first = bytes[at] ?? 0;
      const second = bytes[at + 1] ?? 0;
      const start = at + headLength(second);
      if (start > length) break;
      const end = start + payloadLength(bytes, at, second);
      if (end > length) break;
      if ((first & FINAL) === 0) throw new Error("Expected each message in one frame, got a piece of one");
      onFrame(first & 0x0f, bytes, start, end);
      at = end;
    }
    rest = at === length ? undefined : Buffer.from(bytes.subarray(at));
  };
}

function headLength(second: number): number {
  const length = second & ~MASKED;
  return length === LENGTH_64 ? 10 : length === LENGTH_16 ? 4 : 2;
}

function payloadLength(bytes: Uint8Array, at: number, second: number): number {
  const length = second & ~MASKED;
  if (length < LENGTH_16) return length;
  const extended = length === LENGTH_16 ? 2 : 8;
  let value = 0;
  for (let index = 0; index < extended; index += 1) value = value * 256 + (bytes[at + 2 + index] ?? 0);
  return value;
}
