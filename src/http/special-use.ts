import ipaddr from "ipaddr.js";
import { specialRange, THIS_MACHINE } from "./address-ranges.ts";

/**
 * Names what a URL's host is when it is not one of the public internet; `undefined` when it is, as far as its
 * spelling tells: what a name resolves to is for whoever connects.
 *
 * @param hostname As the parser of http URLs writes it: lower case, percent-decoded, full-width forms and ideographic
 *   full stops folded, every spelling of an IPv4 address dotted, an IPv6 address in brackets.
 */
export function specialUse(hostname: string): string | undefined {
  if (hostname.startsWith("[")) return specialRange(hostname.slice(1, -1));
  if (ipaddr.IPv4.isValidFourPartDecimal(hostname)) return specialRange(hostname);
  return specialName(withoutFinalDot(hostname));
}

/** A name as people write it: the dot that makes it absolute (RFC 1034 §3.1) changes nothing. */
export function withoutFinalDot(hostname: string): string {
  return hostname.replace(/\.$/, "");
}

function specialName(name: string): string | undefined {
  const labels = name.split(".");
  // RFC 1035 §2.3.4 for the lengths; underscores are common in the names of hosts, whatever RFC 1123 says.
  if (name.length > 253 || !labels.every((label) => /^[a-z\d_-]{1,63}$/.test(label))) {
    return "not a name that DNS could resolve";
  }
  const last = labels.at(-1) ?? "";
  if (last === "localhost") return THIS_MACHINE; // RFC 6761 §6.3, with every name under it
  if (labels.length === 1) return "a name without a dot, which only a local network resolves";
  return TOP_LEVEL.get(last);
}

const LOCAL = "a name of a local network";
const NOWHERE = "a name that never resolves";

/** The top-level domains under which nothing is public. */
const TOP_LEVEL: ReadonlyMap<string, string> = new Map([
  ["local", LOCAL], // RFC 6762 §3
  ["internal", LOCAL], // SAC113; clouds put their metadata services here
  ["intranet", LOCAL], // RFC 6762 appendix G, down to `lan`
  ["private", LOCAL],
  ["corp", LOCAL],
  ["home", LOCAL],
  ["lan", LOCAL],
  ["localdomain", LOCAL], // in the hosts file of many a Linux
  ["arpa", "a name of the internet's own machinery"], // RFC 3172; `home.arpa` of RFC 8375 is local besides
  ["test", NOWHERE], // RFC 6761 §6.2, §6.4, §6.5; `example.com` and its like do resolve
  ["invalid", NOWHERE],
  ["example", NOWHERE],
  ["onion", NOWHERE], // RFC 7686
  ["alt", NOWHERE], // RFC 9476
]);
