import { describe, expect, it } from "vitest";
import { clientFrame, CONTROL, frameReader } from "../../../bench/chat/load/frames.ts";

/** As a server writes it: without a mask. */
function serverFrame(payload: string, first = 0x81): Buffer {
  const bytes = Buffer.from(payload);
  const head = Buffer.alloc(10);
  head[0] = first;
  if (bytes.length < 126) {
    head[1] = bytes.length;
    return Buffer.concat([head.subarray(0, 2), bytes]);
  }
  if (bytes.length < 65_536) {
    head[1] = 126;
    head.writeUInt16BE(bytes.length, 2);
    return Buffer.concat([head.subarray(0, 4), bytes]);
  }
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(bytes.length), 2);
  return Buffer.concat([head, bytes]);
}

function readAll(pieces: readonly Uint8Array[]): readonly (readonly [opcode: number, payload: string])[] {
  const frames: [number, string][] = [];
  const read = frameReader((opcode, bytes, start, end) => {
    frames.push([opcode, Buffer.from(bytes.subarray(start, end)).toString()]);
  });
  for (const piece of pieces) read(piece);
  return frames;
}

describe("frameReader", () => {
  const texts = ["", "short", "x".repeat(125), "y".repeat(126)];
  const stream = Buffer.concat([...texts.map((text) => serverFrame(text)), serverFrame("p", 0x89)]);
  const expected = [...texts.map((text) => [1, text] as const), [CONTROL.ping, "p"]];

  it("reads frames in whatever three pieces they come", () => {
    for (let first = 0; first <= stream.length; first += 1) {
      for (let second = first; second <= stream.length; second += 7) {
        const pieces = [stream.subarray(0, first), stream.subarray(first, second), stream.subarray(second)];
        expect(readAll(pieces)).toEqual(expected);
      }
    }
  });

  it("reads what is longer than 64 KiB", () => {
    const text = "z".repeat(70_000);
    const frame = serverFrame(text);
    expect(readAll([frame.subarray(0, 60_000), frame.subarray(60_000)])).toEqual([[1, text]]);
  });

  it("keeps what it has of a frame when the buffer it came in is used again", () => {
    const shared = Buffer.alloc(16);
    const frames: string[] = [];
    const read = frameReader((_, bytes, start, end) => {
      frames.push(Buffer.from(bytes.subarray(start, end)).toString());
    });
    const frame = serverFrame("hello");
    frame.copy(shared, 0, 0, 4);
    read(shared.subarray(0, 4));
    frame.copy(shared, 0, 4);
    read(shared.subarray(0, frame.length - 4));
    expect(frames).toEqual(["hello"]);
  });

  it("refuses a message in several frames", () => {
    expect(() => readAll([serverFrame("part", 0x01)])).toThrow("Expected each message in one frame");
  });
});

describe("clientFrame", () => {
  it.each([
    ["hi", [0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]],
    ["", [0x81, 0x80, 0, 0, 0, 0]],
  ])("writes %j with a mask that changes nothing", (text, bytes) => {
    expect([...clientFrame(text)]).toEqual(bytes);
  });

  it("writes a length above 125 in two bytes, and no length above 65,535", () => {
    expect([...clientFrame("x".repeat(300)).subarray(0, 4)]).toEqual([0x81, 0xfe, 1, 44]);
    expect(() => clientFrame("x".repeat(65_536))).toThrow("at most 65,535 bytes");
  });
});
