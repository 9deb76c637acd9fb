import { describe, expect, it } from "vitest";
import { FileKey, keyFault, nameOf } from "../../src/files/key.ts";

describe("keyFault", () => {
  it.each([
    "a",
    "reports/2026/summary.pdf",
    "..a/b..",
    "a b%2F+?#",
    "überfällig/日本.txt",
    "x".repeat(1_024),
    "é".repeat(512),
  ])("takes %j", (key) => {
    expect(keyFault(key)).toBeUndefined();
  });

  it.each([
    ["", "expected a key, got none"],
    ["a/../b", "expected a key without the segment `..`"],
    ["..", "expected a key without the segment `..`"],
    ["a/./b", "expected a key without the segment `.`"],
    ["/a", "without an empty segment"],
    ["a//b", "without an empty segment"],
    ["a/", "without an empty segment"],
    [`a/mf_${"A".repeat(43)}`, "without a token in it"],
    ["a\nb", "without control characters"],
    ["a\u0000", "without control characters"],
    ["a\u007f", "without control characters"],
    ["a\u0085", "without control characters"],
    ["a\u2028b", "without control characters"],
    ["\ud800", "expected a key in Unicode"],
    ["x".repeat(1_025), "at most 1024 bytes, got 1025"],
    ["é".repeat(513), "at most 1024 bytes, got 1026"],
  ])("refuses %j", (key, why) => {
    expect(keyFault(key)).toContain(why);
    expect(FileKey.safeParse(key).success).toBe(false);
  });
});

describe("nameOf", () => {
  it("is the last segment", () => {
    expect(nameOf("a/b/c.txt")).toBe("c.txt");
    expect(nameOf("c.txt")).toBe("c.txt");
    expect(nameOf(String.raw`a/..\..\b.txt`)).toBe(".._.._b.txt");
    expect(nameOf("a/report\u202Etxt.exe")).toBe("report_txt.exe");
  });
});
