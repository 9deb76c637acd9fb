import ipaddr from "ipaddr.js";

/** How many connections may be open at a time. */
export interface Caps {
  readonly total: number;
  /** Of one address; in IPv6 of one /64, which is what a customer gets. */
  readonly perAddress: number;
}

/** Whether somebody may come in. Whoever does leaves by `release`, once. */
export type Admitted =
  | { readonly ok: true; readonly release: () => void }
  | { readonly ok: false; readonly limit: keyof Caps };

/** Counts who is in. @returns Asks for one more from an address. */
export function createAdmission({ total, perAddress }: Caps): (address: string) => Admitted {
  const counts = new Map<string, number>();
  let all = 0;
  return (address) => {
    const key = neighbourhoodOf(address);
    const count = counts.get(key) ?? 0;
    if (all >= total) return { ok: false, limit: "total" };
    if (count >= perAddress) return { ok: false, limit: "perAddress" };
    all += 1;
    counts.set(key, count + 1);
    let isIn = true;
    const release = () => {
      if (!isIn) return;
      isIn = false;
      all -= 1;
      const left = (counts.get(key) ?? 1) - 1;
      if (left === 0) counts.delete(key);
      else counts.set(key, left);
    };
    return { ok: true, release };
  };
}

/** What counts as one address. What is no address at all, such as the peer of a Unix socket, counts as itself. */
export function neighbourhoodOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/64`).toString()}/64`;
}
