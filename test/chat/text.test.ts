import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textFault, utf8Bytes } from "../../src/chat/text.ts";

const limits = { textCodePoints: 2_000, textBytes: 4_096 };

describe("textFault", () => {
  it.each([
    "hello",
    "two\nlines\tand a tab",
    "🦊".repeat(1_000),
    "a".repeat(2_000),
    "\u200f right to left",
    "1\ufe0f\u20e3",
    "👩‍🚀",
  ])("lets %j pass", (text) => {
    expect(textFault(text, limits)).toBeUndefined();
  });

  it.each([
    ["", "something in it"],
    [" \n\t", "something in it"],
    ["\u200b\u2060\u00ad", "something in it"],
    ["\u3164 \u115f\ufe0f", "something in it"],
    ["\u2800\u{e0041}", "something in it"],
    ["a".repeat(2_001), "at most 2000 code points, got 2001"],
    ["🦊".repeat(1_025), "at most 4096 bytes of UTF-8"],
    ["a".repeat(100_000), "at most 4096 bytes of UTF-8"],
    ["half \ud83e", "half of a surrogate pair"],
    ["\udd8a", "half of a surrogate pair"],
    ["a\u0000b", "got U+0000"],
    ["a\rb", "got U+000D"],
    ["a\u001b[31m", "got U+001B"],
    ["a\u007fb", "got U+007F"],
    ["a\u0085b", "got U+0085"],
  ])("refuses %j", (text, rule) => {
    expect(textFault(text, limits)).toContain(rule);
  });
});

describe("utf8Bytes", () => {
  it("counts as an encoder does", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(utf8Bytes(text)).toBe(new TextEncoder().encode(text).length);
      }),
    );
  });

  it("says that there are more than a limit without counting them all", () => {
    expect(utf8Bytes("a".repeat(10), 5)).toBeGreaterThan(5);
  });
});
