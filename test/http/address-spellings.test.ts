import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { guardAddress } from "../../src/http/address-guard.ts";
import { ADDRESSES, FORBIDDEN, NAMES, TEN } from "./forbidden-spellings.ts";

/** The URL to use, or the rule that is broken. */
function judge(text: string): string {
  const verdict = guardAddress(text, { allowLoopback: false });
  return verdict.allowed ? verdict.url.href : verdict.reason;
}

describe("guardAddress, whatever the spelling", () => {
  it.each(TEN)("sees 10.0.0.1 in %s", (text) => {
    expect(judge(text)).toBe("`http://10.0.0.1/` is a private address");
  });

  it.each(ADDRESSES)("sees through %s: %s", (text, reason) => {
    expect(judge(text)).toBe(reason);
  });

  it.each(NAMES)("knows %s: %s", (text, reason) => {
    expect(judge(text)).toBe(reason);
  });

  it.each([
    ["a label of 63 characters", `${"a".repeat(63)}.com`, true],
    ["a label of 64 characters", `${"a".repeat(64)}.com`, false],
    ["a name of 253 characters", `${"a.".repeat(125)}com`, true],
    ["a name of 253 characters and a dot", `${"a.".repeat(125)}com.`, true],
    ["a name of 254 characters", `${"a.".repeat(125)}info`, false],
  ])("answers whether DNS has room for %s", (_, name, hasRoom) => {
    const url = `http://${name}/`;
    expect(judge(url) === url).toBe(hasRoom);
  });

  it("is tried with more than 60 of them", () => {
    expect(new Set(FORBIDDEN).size).toBeGreaterThan(60);
  });

  describe.each(FORBIDDEN)("as a redirect to %s", (text) => {
    const from = new URL("https://example.com/a/b");

    it("sees what it sees without one, with a scheme and without", () => {
      const policy = { allowLoopback: false };
      expect(guardAddress(text, policy, from)).toEqual(guardAddress(text, policy));
      const verdict = guardAddress(text.replace(/^https?:/, ""), policy, from);
      // With a single slash, or with none, it is a path of the page that redirects.
      const isPath = !/^https?:(\/\/|\\\\)/.test(text);
      expect(verdict).toMatchObject(isPath ? { url: { host: "example.com" } } : { allowed: false });
    });
  });

  it("judges an IPv4 address alike in every spelling", () => {
    fc.assert(
      fc.property(address, (octets) => {
        const dotted = judge(`http://${octets.join(".")}/`);
        for (const spelling of spellings(octets)) expect(judge(`http://${spelling}/`)).toBe(dotted);
      }),
    );
  });

  it("refuses an IPv6 address that carries an IPv4 address, whichever", () => {
    fc.assert(
      fc.property(address, (octets) => {
        for (const form of ipv6Forms(octets)) {
          expect(judge(`http://${form}/`)).toMatch(/is (an IPv6 form of an IPv4 address|this machine)$/);
        }
      }),
    );
  });
});

type Octets = readonly [number, number, number, number];

const octet = fc.nat({ max: 255 });
/** Anywhere, but often where addresses are special. */
const address: fc.Arbitrary<Octets> = fc.tuple(
  fc.oneof(octet, fc.constantFrom(0, 10, 100, 127, 169, 172, 192, 198, 203, 255)),
  fc.oneof(octet, fc.constantFrom(0, 16, 18, 64, 168, 254)),
  octet,
  octet,
);

function spellings([a, b, c, d]: Octets): readonly string[] {
  const number = ((a * 256 + b) * 256 + c) * 256 + d;
  const dotted = `${a}.${b}.${c}.${d}`;
  return [
    `${dotted}.`,
    `${a}.${b}.${c * 256 + d}`,
    `${a}.${(b * 256 + c) * 256 + d}`,
    `${number}`,
    `0x${number.toString(16)}`,
    `0${number.toString(8)}`,
    [a, b, c, d].map((one) => `0x${one.toString(16)}`).join("."),
    [a, b, c, d].map((one) => `0${one.toString(8).padStart(3, "0")}`).join("."),
    `0x${a.toString(16)}.0${b.toString(8)}.${c}.${d}`,
    dotted.replaceAll(/./g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0)), // full width
    dotted.replaceAll(/./g, (one) => `%${one.charCodeAt(0).toString(16)}`),
  ];
}

function ipv6Forms([a, b, c, d]: Octets): readonly string[] {
  const hex = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  const inverted = `${(0xffff - (a * 256 + b)).toString(16)}:${(0xffff - (c * 256 + d)).toString(16)}`;
  return [
    `[::ffff:${a}.${b}.${c}.${d}]`,
    `[::ffff:${hex}]`,
    `[::${a}.${b}.${c}.${d}]`,
    `[::ffff:0:${hex}]`,
    `[64:ff9b::${hex}]`,
    `[64:ff9b:1::${hex}]`,
    `[2002:${hex}::1]`,
    `[2001:0:4136:e378:8000:63bf:${inverted}]`,
  ];
}
