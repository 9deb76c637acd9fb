import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fingerprint } from "../../src/http/fingerprint.ts";

describe("fingerprint", () => {
  it("agrees with the hash of nothing that is known for its first seed", () => {
    expect(fingerprint("")).toMatch(/^0-ebb6c228/);
  });

  it("is MurmurHash3 by two seeds, for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const bytes = utf16(text);
        const hashes = hex(murmur3(bytes, 0x9747b28c)) + hex(murmur3(bytes, 0x3c6ef372));
        expect(fingerprint(text)).toBe(`${text.length.toString(36)}-${hashes}`);
      }),
    );
  });

  it("tells texts apart that differ in one place", () => {
    const texts = Array.from({ length: 2_000 }, (_, index) => `{"rows":[${"1,".repeat(200)}${index}]}`);
    expect(new Set(texts.map(fingerprint)).size).toBe(texts.length);
  });
});

const hex = (bits: number) => bits.toString(16).padStart(8, "0");

const utf16 = (text: string) =>
  Uint8Array.from(text.split("").flatMap((unit) => [unit.charCodeAt(0) & 255, unit.charCodeAt(0) >> 8]));

/** The algorithm as it is described, a byte at a time and with integers of any size. */
function murmur3(bytes: Uint8Array, seed: number): number {
  const u32 = (value: bigint) => value & 0xffff_ffffn;
  const rotl = (value: bigint, by: bigint) => u32(value << by) | (value >> (32n - by));
  const block = (at: number, size: number) => {
    let value = 0n;
    for (let index = size - 1; index >= 0; index -= 1) value = (value << 8n) | BigInt(bytes[at + index] ?? 0);
    return u32(rotl(u32(value * 0xcc9e2d51n), 15n) * 0x1b873593n);
  };
  let hash = BigInt(seed);
  const whole = bytes.length - (bytes.length % 4);
  for (let at = 0; at < whole; at += 4) hash = u32(rotl(hash ^ block(at, 4), 13n) * 5n + 0xe6546b64n);
  if (bytes.length > whole) hash ^= block(whole, bytes.length - whole);
  hash ^= BigInt(bytes.length);
  hash = u32((hash ^ (hash >> 16n)) * 0x85ebca6bn);
  hash = u32((hash ^ (hash >> 13n)) * 0xc2b2ae35n);
  return Number(hash ^ (hash >> 16n));
}
