import { describe, expect, it } from "vitest";
import { bodyLength } from "../../src/http/body-length.ts";

describe("bodyLength", () => {
  it.each<[fields: Record<string, string>, length: number | undefined]>([
    [{ "Content-Length": "0" }, 0],
    [{ "Content-Length": "1234" }, 1234],
    [{}, undefined],
    [{ "Content-Length": "5", "Content-Encoding": "gzip" }, undefined],
    [{ "Content-Length": "5", "Transfer-Encoding": "chunked" }, undefined],
    [{ "Content-Length": "" }, undefined],
    [{ "Content-Length": "-1" }, undefined],
    [{ "Content-Length": "5, 5" }, undefined],
    [{ "Content-Length": "0x5" }, undefined],
  ])("of %j is %s", (fields, length) => {
    expect(bodyLength(new Headers(fields))).toBe(length);
  });
});
