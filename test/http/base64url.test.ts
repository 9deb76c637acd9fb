import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBase64Url, toBase64Url } from "../../src/http/base64url.ts";

describe("base64url", () => {
  it.each([
    [[], ""],
    [[0], "AA"],
    [[0xfb, 0xff], "-_8"],
    [[0x66, 0x6f, 0x6f], "Zm9v"],
  ])("writes %j as %j", (bytes, text) => {
    expect(toBase64Url(Uint8Array.from(bytes))).toBe(text);
  });

  it("reads what it wrote", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(fromBase64Url(toBase64Url(bytes))).toEqual(Uint8Array.from(bytes));
      }),
    );
  });

  it.each(["A", "AB", "AA==", "+A", "/A", "A A", "Zm9v\n", "é"])("does not read %j", (text) => {
    expect(fromBase64Url(text)).toBeUndefined();
  });
});
