import { describe, expect, it } from "vitest";
import { hashToken, hideTokens, isToken, makeToken } from "../../src/http/token-form.ts";
import { toHex } from "../../src/http/tokens.ts";
import { tokenOf } from "../support/tokens.ts";

describe("makeToken", () => {
  it("puts 256 random bits behind a prefix", () => {
    const asked: number[] = [];
    const token = makeToken((count) => {
      asked.push(count);
      return new Uint8Array(count).fill(0xff);
    });
    expect(token).toBe(`mf_${"_".repeat(42)}8`);
    expect(asked).toEqual([32]);
  });

  it("makes what has the form of a token", () => {
    for (const seed of [0, 1, 127, 255]) expect(isToken(tokenOf(seed))).toBe(true);
  });
});

describe("isToken", () => {
  const token = tokenOf(1);
  it.each([
    "",
    "mf_",
    token.slice(3),
    token.slice(0, -1),
    `${token}A`,
    `${token}\n`,
    ` ${token}`,
    token.toUpperCase(),
  ])("is not taken in by %j", (text) => {
    expect(isToken(text)).toBe(false);
  });
});

describe("hideTokens", () => {
  const token = tokenOf(9);
  it.each([
    [`a ${token} b ${token}`, "a mf_… b mf_…"],
    [`{"url":"https://x/?t=${token}&u"}`, '{"url":"https://x/?t=mf_…&u"}'],
    [`cut off: ${token.slice(0, 20)}`, "cut off: mf_…"],
    ["an mf_id that is none", "an mf_id that is none"],
    ["nothing", "nothing"],
  ])("makes %j into %j", (text, hidden) => {
    expect(hideTokens(text)).toBe(hidden);
  });
});

describe("hashToken", () => {
  it("is the SHA-256 of its characters", async () => {
    expect(toHex(await hashToken("abc"))).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });
});
