import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ByteRange, chooseRanges, contentRange, MOST_PARTS } from "../../src/files/ranges.ts";

const parts = (...ranges: readonly (readonly [number, number])[]) => ({
  kind: "parts",
  ranges: ranges.map(([start, end]) => ({ start, end })),
});
const WHOLE = { kind: "whole" };
const UNSATISFIABLE = { kind: "unsatisfiable" };

describe("chooseRanges", () => {
  it.each([
    ["bytes=0-99", parts([0, 99])],
    ["bytes=0-0", parts([0, 0])],
    ["bytes=900-", parts([900, 999])],
    ["bytes=-100", parts([900, 999])],
    ["bytes=-5000", parts([0, 999])],
    ["bytes=0-5000", parts([0, 999])],
    ["Bytes=0-1", parts([0, 1])],
    ["bytes= 0-1 , 5-6", parts([0, 1], [5, 6])],
    ["bytes=500-599,0-99", parts([500, 599], [0, 99])],
    ["bytes=0-99,50-149", parts([0, 149])],
    ["bytes=0-99,100-149", parts([0, 149])],
    ["bytes=0-99,5000-", parts([0, 99])],
    ["bytes=1000-", UNSATISFIABLE],
    ["bytes=-0", UNSATISFIABLE],
    ["bytes=5000-6000,7000-", UNSATISFIABLE],
    ["bytes=9-3", WHOLE],
    ["bytes=", WHOLE],
    ["bytes=a-b", WHOLE],
    ["bytes=0-1,x", WHOLE],
    ["bytes=1.5-2", WHOLE],
    ["bytes=0-1;5-6", WHOLE],
    ["items=0-1", WHOLE],
    ["0-1", WHOLE],
    [null, WHOLE],
  ])("reads %s of 1,000 bytes", (field, verdict) => {
    expect(chooseRanges(field, 1_000)).toEqual(verdict);
  });

  it("sends all of it to who asks for too many parts", () => {
    const many = (count: number) =>
      `bytes=${Array.from({ length: count }, (_, index) => `${index * 4}-${index * 4}`).join(",")}`;
    expect(chooseRanges(many(MOST_PARTS), 1_000)).toMatchObject({ kind: "parts" });
    expect(chooseRanges(many(MOST_PARTS + 1), 1_000)).toEqual(WHOLE);
    expect(chooseRanges(`bytes=${"0-1,".repeat(500)}`, 1_000)).toEqual(WHOLE);
  });

  it("sends an empty file to who asks for its end, and nothing else of it", () => {
    expect(chooseRanges("bytes=-5", 0)).toEqual(WHOLE);
    expect(chooseRanges("bytes=0-", 0)).toEqual(UNSATISFIABLE);
  });

  it("chooses exactly the bytes that were asked for and are there, each once", () => {
    const size = fc.integer({ min: 1, max: 60 });
    const asked = fc.array(fc.tuple(fc.nat({ max: 80 }), fc.nat({ max: 20 })), {
      minLength: 1,
      maxLength: MOST_PARTS,
    });
    fc.assert(
      fc.property(size, asked, (length, list) => {
        const wanted = new Set<number>();
        for (const [from, more] of list) {
          for (let byte = from; byte <= from + more && byte < length; byte += 1) wanted.add(byte);
        }
        const field = `bytes=${list.map(([from, more]) => `${from}-${from + more}`).join(",")}`;
        const verdict = chooseRanges(field, length);
        const chosen = verdict.kind === "parts" ? verdict.ranges.flatMap(bytesOf) : [];
        expect(verdict.kind).toBe(wanted.size === 0 ? "unsatisfiable" : "parts");
        expect(chosen.toSorted((a, b) => a - b)).toEqual([...wanted].toSorted((a, b) => a - b));
      }),
    );
  });

  it("never throws, and never chooses what is not there", () => {
    const field = fc.oneof(fc.string(), fc.stringMatching(/^bytes=[0-9, -]{0,40}$/));
    fc.assert(
      fc.property(field, fc.nat(), (text, size) => {
        const verdict = chooseRanges(text, size);
        const ranges = verdict.kind === "parts" ? verdict.ranges : [];
        expect(ranges.every(({ start, end }) => 0 <= start && start <= end && end < size)).toBe(true);
      }),
    );
  });
});

const bytesOf = ({ start, end }: ByteRange) =>
  Array.from({ length: end - start + 1 }, (_, index) => start + index);

describe("contentRange", () => {
  it("says what is sent, or how much there is", () => {
    expect(contentRange({ start: 0, end: 99 }, 1_000)).toBe("bytes 0-99/1000");
    expect(contentRange(undefined, 1_000)).toBe("bytes */1000");
  });
});
