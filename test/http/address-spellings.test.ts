import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { guardAddress } from "../../src/http/address-guard.ts";

/** The URL to use, or the rule that is broken. */
function judge(text: string): string {
  const verdict = guardAddress(text, { allowLoopback: false });
  return verdict.allowed ? verdict.url.href : verdict.reason;
}

describe("guardAddress, whatever the spelling", () => {
  it.each([
    "http://10.0.0.1",
    "http://167772161",
    "http://0xa000001",
    "http://0xA.0x0.0x0.0x1",
    "http://01200000001",
    "http://0012.0.0.1",
    "http://10.1",
    "http://10.0.1",
    "http://10.0.0.1.",
    "http://１０.０.０.１",
    "http://①⓪.⓪.⓪.①",
    "http://⑩.0.0.1",
    "http://𝟭𝟬.0.0.1",
    "http://10。0．0｡1",
    "http://10%E3%80%820.0.1",
    "http://%31%30.0.0.1",
    "http://10%2e0%2e0%2e1",
    "http://1\u00ad0.0.0.1",
    "http:10.0.0.1",
    "http:/10.0.0.1",
    "http:////10.0.0.1",
    "http:\\\\10.0.0.1\\x",
    "http://10.0.0.1\\@example.com",
    "http://10.0.0.1#@example.com",
    "http://10.0.0.1?@example.com",
  ])("sees 10.0.0.1 in %s", (text) => {
    expect(judge(text)).toBe("`http://10.0.0.1/` is a private address");
  });

  it.each([
    ["https://10.0.0.1:8443/x?y", "`https://10.0.0.1:8443/` is a private address"],
    ["http://100.100.100.200", "`http://100.100.100.200/` is a private address"],
    ["http://169.254.169.254/latest/meta-data/", "`http://169.254.169.254/` is a link-local address"],
    ["http://0xa9fea9fe", "`http://169.254.169.254/` is a link-local address"],
    ["http://168.63.129.16", "`http://168.63.129.16/` is a reserved address"],
    ["http://255.255.255.255", "`http://255.255.255.255/` is a reserved address"],
    ["http://4294967295", "`http://255.255.255.255/` is a reserved address"],
    ["http://127.0.0.1", "`http://127.0.0.1/` is this machine"],
    ["http://0", "`http://0.0.0.0/` is this machine"],
    ["http://0x", "`http://0.0.0.0/` is this machine"],
    ["http://[::]", "`http://[::]/` is this machine"],
    ["http://[0000::0001]", "`http://[::1]/` is this machine"],
    ["http://[::ffff:127.0.0.1]", "`http://[::ffff:7f00:1]/` is this machine"],
    ["http://[::ffff:10.0.0.1]", "`http://[::ffff:a00:1]/` is an IPv6 form of an IPv4 address"],
    ["http://[0:0:0:0:0:FFFF:0A00:1]", "`http://[::ffff:a00:1]/` is an IPv6 form of an IPv4 address"],
    ["http://[::ffff:8.8.8.8]", "`http://[::ffff:808:808]/` is an IPv6 form of an IPv4 address"],
    ["http://[::127.0.0.1]", "`http://[::7f00:1]/` is an IPv6 form of an IPv4 address"],
    ["http://[64:ff9b::10.0.0.1]", "`http://[64:ff9b::a00:1]/` is an IPv6 form of an IPv4 address"],
    ["http://[64:ff9b:1::a00:1]", "`http://[64:ff9b:1::a00:1]/` is an IPv6 form of an IPv4 address"],
    ["http://[2002:a00:1::]", "`http://[2002:a00:1::]/` is an IPv6 form of an IPv4 address"],
    ["http://[2001::f5ff:fffe]", "`http://[2001::f5ff:fffe]/` is an IPv6 form of an IPv4 address"],
    ["http://[fd00:ec2::254]", "`http://[fd00:ec2::254]/` is a private address"],
    ["http://[fe80::1]", "`http://[fe80::1]/` is a link-local address"],
    ["http://[ff02::1]", "`http://[ff02::1]/` is a multicast address"],
    ["http://[2001:db8::1]", "`http://[2001:db8::1]/` is an address for documentation"],
    ["http://[4000::1]", "`http://[4000::1]/` is outside the public IPv6 addresses"],
  ])("sees through %s: %s", (text, reason) => {
    expect(judge(text)).toBe(reason);
  });

  it.each([
    ["http://localhost:3000", "`http://localhost:3000/` is this machine"],
    ["http://LocalHost.", "`http://localhost./` is this machine"],
    ["http://ⓛocalhost", "`http://localhost/` is this machine"],
    ["http://%6cocalhost", "`http://localhost/` is this machine"],
    ["http://local\u200bhost", "`http://localhost/` is this machine"],
    ["http://api.localhost", "`http://api.localhost/` is this machine"],
    [
      "http://redis:6379",
      "`http://redis:6379/` is a name without a dot, which only a local network resolves",
    ],
    ["http://metadata.", "`http://metadata./` is a name without a dot, which only a local network resolves"],
    ["http://metadata.google.internal", "`http://metadata.google.internal/` is a name of a local network"],
    [
      "http://METADATA。google。internal。",
      "`http://metadata.google.internal./` is a name of a local network",
    ],
    ["http://printer.local", "`http://printer.local/` is a name of a local network"],
    ["http://wiki.intranet", "`http://wiki.intranet/` is a name of a local network"],
    ["http://a.private", "`http://a.private/` is a name of a local network"],
    ["http://git.corp", "`http://git.corp/` is a name of a local network"],
    ["http://nas.home", "`http://nas.home/` is a name of a local network"],
    ["http://nas.lan", "`http://nas.lan/` is a name of a local network"],
    ["http://localhost.localdomain", "`http://localhost.localdomain/` is a name of a local network"],
    ["http://nas.home.arpa", "`http://nas.home.arpa/` is a name of the internet's own machinery"],
    [
      "http://1.0.0.10.in-addr.arpa",
      "`http://1.0.0.10.in-addr.arpa/` is a name of the internet's own machinery",
    ],
    ["http://api.test", "`http://api.test/` is a name that never resolves"],
    ["http://api.invalid", "`http://api.invalid/` is a name that never resolves"],
    ["http://api.example", "`http://api.example/` is a name that never resolves"],
    ["http://abc.onion", "`http://abc.onion/` is a name that never resolves"],
    ["http://abc.alt", "`http://abc.alt/` is a name that never resolves"],
    ["http://127.0.0.1..", "`http://127.0.0.1../` is not a name that DNS could resolve"],
    ["http://localhost..", "`http://localhost../` is not a name that DNS could resolve"],
    ["http://example..com", "`http://example..com/` is not a name that DNS could resolve"],
    ["http://.example.com", "`http://.example.com/` is not a name that DNS could resolve"],
    ["http://*.example.com", "`http://*.example.com/` is not a name that DNS could resolve"],
    ["http://$(id).example.com", "`http://$(id).example.com/` is not a name that DNS could resolve"],
  ])("knows %s: %s", (text, reason) => {
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
