import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkFraming, type Framing, lineFraming } from "../../../companion/echo/frame.ts";
import { inPieces } from "../pieces.ts";

const ANY_BYTES = fc.uint8Array({ maxLength: 5_000 }).map((bytes) => Buffer.from(bytes));
/** Text with many ends of lines, and lines that are longer than an answer. */
const LINES = fc
  .array(fc.constantFrom("\n", "a\n", "\r\n", "b".repeat(700), "\u00e9", "c".repeat(1_024)), {
    maxLength: 20,
  })
  .map((parts) => Buffer.from(parts.join(""), "latin1"));

const answerAll = (framing: Framing, pieces: readonly Buffer[]) =>
  Buffer.concat([...pieces.map((piece) => framing.take(piece)), framing.end()]).toString("latin1");

describe("chunkFraming", () => {
  it.each([
    ["Hello", "Echo: Hello"],
    ["", ""],
    ["\xff\xfe\n", "Echo: \xff\xfe\n"],
    ["x".repeat(1_024), `Echo: ${"x".repeat(1_024)}`],
    ["x".repeat(1_500), `Echo: ${"x".repeat(1_024)}Echo: ${"x".repeat(476)}`],
  ])("answers what is read in pieces of 1,024 bytes at most", (said, answered) => {
    expect(answerAll(chunkFraming(), [Buffer.from(said, "latin1")])).toBe(answered);
  });

  it("answers the same bytes, whatever they are and however they come", () => {
    fc.assert(
      fc.property(ANY_BYTES, fc.array(fc.nat({ max: 5_000 })), (bytes, cuts) => {
        const framing = chunkFraming();
        for (const piece of inPieces(bytes, cuts)) {
          const answered = framing.take(piece);
          const parts = [];
          for (let at = 0; at < answered.length; at += 1_030) parts.push(answered.subarray(at, at + 1_030));
          for (const part of parts) expect(part.subarray(0, 6).toString()).toBe("Echo: ");
          expect(Buffer.concat(parts.map((part) => part.subarray(6)))).toEqual(piece);
        }
      }),
    );
  });
});

describe("lineFraming", () => {
  it("answers each line, once it is there", () => {
    const framing = lineFraming();
    expect(framing.take(Buffer.from("one\ntw")).toString()).toBe("Echo: one\n");
    expect(framing.take(Buffer.from("o\n\nthr")).toString()).toBe("Echo: two\nEcho: \n");
    expect(framing.end().toString()).toBe("Echo: thr");
    expect(framing.end()).toHaveLength(0);
  });

  it("says the same however the bytes come, and holds no more than a piece", () => {
    fc.assert(
      fc.property(LINES, fc.array(fc.nat({ max: 5_000 })), (bytes, cuts) => {
        const lines = bytes.toString("latin1").match(/[^\n]{0,1023}\n|[^\n]{1,1024}/g) ?? [];
        expect(answerAll(lineFraming(), inPieces(bytes, cuts))).toBe(
          lines.map((line) => `Echo: ${line}`).join(""),
        );
      }),
    );
  });
});
