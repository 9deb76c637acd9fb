import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { specialRange } from "../../src/http/address-ranges.ts";

/** All of IPv4 that is not public: first address, last address, name. */
const SPECIAL_IPV4 = [
  ["0.0.0.0", "0.0.0.0", "this machine"],
  ["0.0.0.1", "0.255.255.255", "a reserved address"],
  ["10.0.0.0", "10.255.255.255", "a private address"],
  ["100.64.0.0", "100.127.255.255", "a private address"],
  ["127.0.0.0", "127.255.255.255", "this machine"],
  ["168.63.129.16", "168.63.129.16", "a reserved address"],
  ["169.254.0.0", "169.254.255.255", "a link-local address"],
  ["172.16.0.0", "172.31.255.255", "a private address"],
  ["192.0.0.0", "192.0.0.255", "a reserved address"],
  ["192.0.2.0", "192.0.2.255", "an address for documentation"],
  ["192.31.196.0", "192.31.196.255", "a reserved address"],
  ["192.52.193.0", "192.52.193.255", "a reserved address"],
  ["192.88.99.0", "192.88.99.255", "a reserved address"],
  ["192.168.0.0", "192.168.255.255", "a private address"],
  ["192.175.48.0", "192.175.48.255", "a reserved address"],
  ["198.18.0.0", "198.19.255.255", "a reserved address"],
  ["198.51.100.0", "198.51.100.255", "an address for documentation"],
  ["203.0.113.0", "203.0.113.255", "an address for documentation"],
  ["224.0.0.0", "239.255.255.255", "a multicast address"],
  ["240.0.0.0", "255.255.255.255", "a reserved address"],
] as const;

const toNumber = (dotted: string) => dotted.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
const toDotted = (number: number) => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".");

function expected(number: number): string | undefined {
  return SPECIAL_IPV4.find(([first, last]) => toNumber(first) <= number && number <= toNumber(last))?.[2];
}

describe("specialRange", () => {
  it.each(SPECIAL_IPV4)("knows where %s to %s begins and ends", (first, last) => {
    const edges = [toNumber(first) - 1, toNumber(first), toNumber(last), toNumber(last) + 1];
    for (const edge of edges.filter((number) => number >= 0 && number < 2 ** 32)) {
      expect([toDotted(edge), specialRange(toDotted(edge))]).toEqual([toDotted(edge), expected(edge)]);
    }
  });

  it("agrees with the list about every IPv4 address", () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 32 - 1 }), (number) => {
        expect(specialRange(toDotted(number))).toBe(expected(number));
      }),
    );
  });

  it.each([
    ["::", "this machine"],
    ["::1", "this machine"],
    ["::2", "an IPv6 form of an IPv4 address"],
    ["::7f00:1", "an IPv6 form of an IPv4 address"],
    ["::ffff:ffff", "an IPv6 form of an IPv4 address"],
    ["::1:0:0", "outside the public IPv6 addresses"],
    ["::ffff:0:0", "this machine"],
    ["::ffff:0:1", "an IPv6 form of an IPv4 address"],
    ["::ffff:7eff:ffff", "an IPv6 form of an IPv4 address"],
    ["::ffff:7f00:0", "this machine"],
    ["::ffff:7fff:ffff", "this machine"],
    ["::ffff:8000:0", "an IPv6 form of an IPv4 address"],
    ["::ffff:808:808", "an IPv6 form of an IPv4 address"],
    ["::ffff:ffff:ffff", "an IPv6 form of an IPv4 address"],
    ["::fffe:ffff:ffff", "outside the public IPv6 addresses"],
    ["::ffff:0:7f00:1", "an IPv6 form of an IPv4 address"],
    ["::ffff:1:0:0", "outside the public IPv6 addresses"],
    ["64:ff9b::", "an IPv6 form of an IPv4 address"],
    ["64:ff9b::ffff:ffff", "an IPv6 form of an IPv4 address"],
    ["64:ff9b::1:0:0", "outside the public IPv6 addresses"],
    ["64:ff9b:1::", "an IPv6 form of an IPv4 address"],
    ["64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "an IPv6 form of an IPv4 address"],
    ["64:ff9b:2::", "outside the public IPv6 addresses"],
    ["100::", "a reserved address"],
    ["100::ffff:ffff:ffff:ffff", "a reserved address"],
    ["100:0:0:1::", "outside the public IPv6 addresses"],
    ["1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "outside the public IPv6 addresses"],
    ["2000::", undefined],
    ["2001::", "an IPv6 form of an IPv4 address"],
    ["2001:0:ffff:ffff:ffff:ffff:ffff:ffff", "an IPv6 form of an IPv4 address"],
    ["2001:1::", "a reserved address"],
    ["2001:2::1", "a reserved address"],
    ["2001:10::1", "a reserved address"],
    ["2001:20::1", "a reserved address"],
    ["2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "a reserved address"],
    ["2001:200::", undefined],
    ["2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", undefined],
    ["2001:db8::", "an address for documentation"],
    ["2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "an address for documentation"],
    ["2001:db9::", undefined],
    ["2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", undefined],
    ["2002::", "an IPv6 form of an IPv4 address"],
    ["2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "an IPv6 form of an IPv4 address"],
    ["2003::", undefined],
    ["2606:4700::1111", undefined],
    ["2620:4f:7fff:ffff:ffff:ffff:ffff:ffff", undefined],
    ["2620:4f:8000::", "a reserved address"],
    ["2620:4f:8000:ffff:ffff:ffff:ffff:ffff", "a reserved address"],
    ["2620:4f:8001::", undefined],
    ["3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", undefined],
    ["3fff::", "an address for documentation"],
    ["3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "an address for documentation"],
    ["3fff:1000::", undefined],
    ["3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", undefined],
    ["4000::", "outside the public IPv6 addresses"],
    ["5f00::", "a reserved address"],
    ["5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "a reserved address"],
    ["5f01::", "outside the public IPv6 addresses"],
    ["fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "outside the public IPv6 addresses"],
    ["fc00::", "a private address"],
    ["fd00:ec2::254", "a private address"],
    ["fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "a private address"],
    ["fe00::", "outside the public IPv6 addresses"],
    ["fe80::", "a link-local address"],
    ["febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "a link-local address"],
    ["fec0::", "a private address"],
    ["feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "a private address"],
    ["ff00::", "a multicast address"],
    ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "a multicast address"],
  ])("calls %s %j", (address, range) => {
    expect(specialRange(address)).toBe(range);
  });
});
