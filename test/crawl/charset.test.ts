import { describe, expect, it } from "vitest";
import { decodePage } from "../../src/crawl/charset.ts";

const latin = Uint8Array.of(0x63, 0x61, 0x66, 0xe9);
const text = (value: string) => new TextEncoder().encode(value);

describe("decodePage", () => {
  it.each<[name: string, bytes: Uint8Array, contentType: string, decoded: string]>([
    ["UTF-8 where nothing is said", text("café"), "text/html", "café"],
    ["what the header says", latin, "text/html; charset=ISO-8859-1", "café"],
    ["what the header says in quotes", latin, 'text/html;charset="latin1"', "café"],
    ["a byte order mark before the header", text("\uFEFFcafé"), "text/html; charset=latin1", "café"],
    [
      "what a meta says",
      Uint8Array.of(...text('<meta charset="windows-1252">'), ...latin),
      "text/html",
      '<meta charset="windows-1252">café',
    ],
    ["an encoding that nobody knows as UTF-8", text("café"), "text/html; charset=nonsense", "café"],
    ["Shift_JIS", Uint8Array.of(0x83, 0x63), "text/html; charset=shift_jis", "ツ"],
    ["what is no text in it as U+FFFD", latin, "text/html; charset=utf-8", "caf\uFFFD"],
  ])("reads %s", (_, bytes, contentType, decoded) => {
    expect(decodePage(bytes, contentType)).toBe(decoded);
  });
});
