import { describe, expect, it } from "vitest";
import { trapOf } from "../../src/crawl/traps.ts";

const at = (path: string) => trapOf(new URL(path, "https://a.example"));

describe("trapOf", () => {
  it.each([
    ["/", undefined],
    ["/a/a", undefined],
    ["/a/a/a", "repeated-segment"],
    ["/a/b/a/c/a/d", "repeated-segment"],
    ["/a//a//", undefined],
    [`/${Array.from({ length: 20 }, (_, index) => index).join("/")}`, undefined],
    [`/${Array.from({ length: 21 }, (_, index) => index).join("/")}`, "too-deep"],
    [`/${"x".repeat(2_083 - "https://a.example/".length)}`, undefined],
    [`/${"x".repeat(2_084 - "https://a.example/".length)}`, "too-long"],
    [`/?${"x".repeat(2_083)}`, "too-long"],
  ])("says of %s: %s", (path, trap) => {
    expect(at(path)).toBe(trap);
  });
});
