import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clip, spread, wrap } from "../../src/aggregate/columns.ts";

describe("wrap", () => {
  it.each<[string, readonly string[], number, readonly string[]]>([
    ["nothing", [], 9, []],
    ["what fits on a line", ["ab", "cd"], 7, ["ab · cd"]],
    ["what does not", ["ab", "cd"], 6, ["ab", "cd"]],
    ["a part as long as a line", ["ab", "c d e"], 5, ["ab", "c d e"]],
    ["a part that is longer", ["ab", "c d e f"], 6, ["ab · c", "d e f"]],
    ["a word that is longer", ["abcdefgh"], 5, ["abcd…"]],
  ])("lays out %s", (_, parts, width, lines) => {
    expect(wrap(parts, width)).toEqual(lines);
  });

  it("keeps every line within the width", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.integer({ min: 1, max: 20 }), (parts, width) => {
        for (const line of wrap(parts, width)) expect(line.length).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe("spread", () => {
  it.each([
    ["ab", "cd", 7, "ab   cd"],
    ["abcdef", "gh", 7, "abc… gh"],
  ])("puts %s and %s at the ends of a line", (left, right, width, line) => {
    expect(spread(left, right, width)).toBe(line);
  });
});

describe("clip", () => {
  it.each([
    ["abcd", 4, "abcd"],
    ["abcde", 4, "abc…"],
  ])("cuts %s to %i", (text, width, clipped) => {
    expect(clip(text, width)).toBe(clipped);
  });
});
