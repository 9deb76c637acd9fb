import ipaddr from "ipaddr.js";

/** What {@link specialRange} calls the addresses of the machine that asks. */
export const THIS_MACHINE = "this machine";

/**
 * Names what an IP address is when it is not one of the public internet; `undefined` when it is. After IANA's
 * special-purpose address registries (RFC 6890), stricter where they are lenient: no block that serves a protocol
 * rather than hosts is public, nor is an IPv6 form of an IPv4 address, whatever it carries.
 *
 * @param address As the URL parser writes it, without brackets.
 * @throws {Error} When it is not an IP address.
 */
export function specialRange(address: string): string | undefined {
  const range = ipaddr.subnetMatch(ipaddr.parse(address), RANGES, OUTSIDE);
  return range === PUBLIC ? undefined : range;
}

const PUBLIC = "public";
/** An IPv6 address that no range has: only 2000::/3 is given out (RFC 4291 §2.4, IANA's IPv6 address space). */
const OUTSIDE = "outside the public IPv6 addresses";

/** Blocks by what they are. The first that has an address names it, so a narrow one stands before a wide one. */
const RANGES = {
  [THIS_MACHINE]: blocks(
    "127.0.0.0/8", // RFC 1122 §3.2.1.3
    "0.0.0.0/32", // RFC 1122 §3.2.1.3, "this host"; Linux connects it to loopback
    "::1/128", // RFC 4291 §2.5.3
    "::/128", // RFC 4291 §2.5.2; connects like 0.0.0.0
    "::ffff:127.0.0.0/104", // RFC 4291 §2.5.5.2; sockets take these two for the IPv4 addresses they are
    "::ffff:0.0.0.0/128",
  ),
  "a private address": blocks(
    "10.0.0.0/8", // RFC 1918 §3, as are the next two
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10", // RFC 6598: between a provider and its customers
    "fc00::/7", // RFC 4193 §3.1: unique-local
    "fec0::/10", // RFC 3879: site-local, once
  ),
  "a link-local address": blocks(
    "169.254.0.0/16", // RFC 3927 §2.1; where clouds keep their metadata services
    "fe80::/10", // RFC 4291 §2.5.6
  ),
  "a multicast address": blocks(
    "224.0.0.0/4", // RFC 5771 §3
    "ff00::/8", // RFC 4291 §2.7
  ),
  "an address for documentation": blocks(
    "192.0.2.0/24", // RFC 5737 §3, as are the next two
    "198.51.100.0/24",
    "203.0.113.0/24",
    "2001:db8::/32", // RFC 3849
    "3fff::/20", // RFC 9637
  ),
  "an IPv6 form of an IPv4 address": blocks(
    "::/96", // RFC 4291 §2.5.5.1: compatible
    "::ffff:0.0.0.0/96", // RFC 4291 §2.5.5.2: mapped
    "::ffff:0:0:0/96", // RFC 2765 §2.1: translated
    "64:ff9b::/96", // RFC 6052 §2.1: NAT64
    "64:ff9b:1::/48", // RFC 8215: NAT64 within a network
    "2001::/32", // RFC 4380 §2.6: Teredo
    "2002::/16", // RFC 3056 §2: 6to4
  ),
  "a reserved address": blocks(
    "0.0.0.0/8", // RFC 791 §3.2: "this network"
    "192.0.0.0/24", // RFC 6890 §2.1: IETF protocol assignments
    "192.31.196.0/24", // RFC 7535: AS112, answered by the nearest node
    "192.52.193.0/24", // RFC 7450: multicast tunnels, answered by the nearest relay
    "192.88.99.0/24", // RFC 7526: 6to4 relays, once
    "192.175.48.0/24", // RFC 7534: AS112
    "198.18.0.0/15", // RFC 2544: benchmarks
    "240.0.0.0/4", // RFC 1112 §4; with the broadcast address, RFC 919 §7
    "168.63.129.16/32", // learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
    "100::/64", // RFC 6666: discarded
    "2001::/23", // RFC 2928: IETF protocol assignments, with benchmarks (RFC 5180), ORCHID (RFC 7343)
    "2620:4f:8000::/48", // RFC 7534: AS112
    "5f00::/16", // RFC 9602: segment routing
  ),
  [PUBLIC]: blocks("0.0.0.0/0", "2000::/3"),
};

function blocks(...cidrs: readonly string[]) {
  return cidrs.map((cidr) => ipaddr.parseCIDR(cidr));
}
