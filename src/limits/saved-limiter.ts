import type { Lease, Ledger } from "./ledger.ts";
import type { Place } from "./place.ts";
import type { PolicySet } from "./policy.ts";
import { fullBucket, rescaled, type Tat } from "./tat.ts";

/** What outlives an object's memory, as plain data. */
export interface SavedLimiter {
  readonly atMs: number;
  /** With the policy it belongs to, and the rate that its ticks are of. */
  readonly tats: readonly (Tat & { readonly policy: string; readonly tokens: number })[];
  readonly leases: readonly Lease[];
  /** Those whose holders will come back. */
  readonly places: readonly Place[];
  readonly claimable: readonly (readonly [id: string, expiresMs: number])[];
}

/** A ledger as it is kept. */
export function saveLedger(
  { atMs, tats, leases }: Ledger,
  set: PolicySet,
): Pick<SavedLimiter, "atMs" | "tats" | "leases"> {
  const kept = set.flatMap(({ name, refill }, index) => {
    const tat = tats[index];
    return tat === undefined ? [] : [{ policy: name, tokens: refill.tokens, ...tat }];
  });
  return { atMs, tats: kept, leases };
}

/** The ledger that was kept, under policies that may have changed since. */
export function restoreLedger({ atMs, tats, leases }: SavedLimiter, set: PolicySet): Ledger {
  return {
    atMs,
    tats: set.map((policy) => {
      const kept = tats.find((tat) => tat.policy === policy.name);
      return kept === undefined ? fullBucket(atMs) : rescaled(kept, kept.tokens, policy);
    }),
    leases,
    held: leases.reduce((sum, { tokens }) => sum + tokens, 0),
  };
}
