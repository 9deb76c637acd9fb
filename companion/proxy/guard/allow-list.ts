import ipaddr from "ipaddr.js";
import { withoutFinalDot } from "../../../src/http/special-use.ts";

/** What may be reached besides what is public. */
export interface AllowList {
  /** The entry that has an address, as it was written. */
  rangeOf(address: string): string | undefined;
  /** The entry that a name is, or is below, as it was written. */
  nameOf(hostname: string): string | undefined;
  readonly hasRanges: boolean;
}

/** An address, a block, a name, or all names below one; in the form in which they are compared. */
export type AllowEntry =
  | { readonly text: string; readonly range: ReturnType<typeof ipaddr.parseCIDR> }
  | { readonly text: string; readonly name: string };

/** Reads `10.0.0.7`, `fd00::/8`, `git.corp` or `*.corp`; `undefined` when it is none of these. */
export function readAllowEntry(text: string): AllowEntry | undefined {
  const bare = text.replace(/^\[(.*)\]$/, "$1");
  if (ipaddr.isValidCIDR(bare)) return { text, range: ipaddr.parseCIDR(bare) };
  if (ipaddr.IPv4.isValidFourPartDecimal(bare) || ipaddr.IPv6.isValid(bare)) {
    const address = ipaddr.parse(bare);
    return { text, range: [address, address.kind() === "ipv4" ? 32 : 128] };
  }
  const name = URL.parse(`http://${text.replace(/^\*\./, "")}/`)?.hostname;
  if (name === undefined || name === "" || !/^(\*\.)?[^*/:@?#[\]]+$/.test(text)) return undefined;
  // `127.1` is an address in a spelling in which nobody should have to read it.
  if (ipaddr.IPv4.isValidFourPartDecimal(name)) return undefined;
  return { text, name: (text.startsWith("*.") ? "." : "") + withoutFinalDot(name) };
}

export function allowList(entries: readonly AllowEntry[]): AllowList {
  const ranges = entries.flatMap((entry) => ("range" in entry ? [entry] : []));
  const names = entries.flatMap((entry) => ("name" in entry ? [entry] : []));
  return {
    hasRanges: ranges.length > 0,
    rangeOf(address) {
      const parsed = ipaddr.parse(address);
      return ranges.find(({ range }) => range[0].kind() === parsed.kind() && parsed.match(range))?.text;
    },
    nameOf(hostname) {
      const name = withoutFinalDot(hostname);
      return names.find((entry) =>
        entry.name.startsWith(".") ? name.endsWith(entry.name) : name === entry.name,
      )?.text;
    },
  };
}
