import type { Context } from "hono";
import ipaddr from "ipaddr.js";

/** Whom a limit counts by. Parts of a key say what they are, so that no two kinds of caller meet in one bucket. */
export type KeyOf = (c: Context) => string;

/** The bits of an IPv6 address that name a customer; the rest is theirs to choose, as often as they like. */
const IPV6_BITS = 64;

/**
 * Counts by the address that the platform saw, which a caller cannot make up: an IPv4 address, or the /64 that an IPv6
 * address is of. Where there is none, as on a laptop, all are one.
 */
export const byIp: KeyOf = (c) => {
  const text = c.req.header("CF-Connecting-IP") ?? "";
  return `ip:${ipaddr.isValid(text) ? networkOf(text) : "unknown"}`;
};

/** Counts by the name of the caller's token; by address where there is none. */
export const byToken: KeyOf = (c) => {
  // Set by whoever let the caller in.
  const caller = c.get("caller") as { readonly name: string } | undefined;
  return caller === undefined ? byIp(c) : `token:${caller.name}`;
};

function networkOf(text: string): string {
  // An IPv4 address in the clothes of IPv6 becomes what it is.
  const address = ipaddr.process(text);
  if (address.kind() === "ipv4") return address.toString();
  const [network] = ipaddr.IPv6.parseCIDR(`${address.toString()}/${IPV6_BITS}`);
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${network.toString()}/${IPV6_BITS}`).toString()}/${IPV6_BITS}`;
}
