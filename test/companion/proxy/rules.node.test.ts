import { describe, expect, it } from "vitest";
import { hasBeenHere } from "../../../companion/proxy/rules/via.ts";
import { readFieldLines } from "../../../companion/proxy/upstream/head-reader.ts";

describe("readFieldLines", () => {
  it.each([
    ["X:a", "a"],
    ["X: \t a b \t", "a b"],
    ["X:", ""],
    ["X: \t ", ""],
    ["X: \xa0a\xa0", "\xa0a\xa0"],
  ])("reads %j without the white space around its value", (line, value) => {
    expect(readFieldLines([line], 0)).toEqual(["X", value]);
  });

  it.each(["X : a", " X: a", "X", ": a", "X: a\0", "X: a\x7f", "X: a\r", "X: a\nb"])("refuses %j", (line) => {
    expect(() => readFieldLines([line], 0)).toThrow("a malformed header field");
  });

  // With every blank tried as either part of the value or what stands around it, this takes minutes.
  it("refuses one whose white space ends in what may not be there", () => {
    expect(() => readFieldLines([`X:${" ".repeat(400_000)}\0`], 0)).toThrow("a malformed header field");
  });
});

describe("hasBeenHere", () => {
  it.each([
    [["1.1 us"], true],
    [["1.0 other, 1.1\tus (a comment)"], true],
    [["1.1 other", "HTTP/1.1 us"], true],
    [["1.1 other (a (b) \\), 1.1 us, c), 1.1 third"], false],
    [["1.1 other (a (b)), 1.1 us"], true],
    [["1.1 other (no end, 1.1 us"], true],
    [["1.1 us2, us"], false],
    [[], false],
  ])("says of %j: %s", (via, verdict) => {
    expect(hasBeenHere(via, "us")).toBe(verdict);
  });
});
