import type { PolicySet } from "./policy.ts";
import { fullBucket, moved, roomAtMs, type Tat, tokensAt } from "./tat.ts";

/** Tokens that somebody holds and may use until a time. */
export interface Lease {
  readonly id: string;
  readonly tokens: number;
  readonly expiresMs: number;
}

/** What has been taken from the buckets of one key, as of a time. Changing one makes another. */
export interface Ledger {
  readonly atMs: number;
  /** A bucket for each policy of the set, in its order. */
  readonly tats: readonly Tat[];
  /** By when they end. */
  readonly leases: readonly Lease[];
  /** The sum of the leases. */
  readonly held: number;
}

/** One policy's part in a decision. */
export interface Standing {
  readonly policy: string;
  readonly remaining: number;
  /** When there will be one token more, from now; 0 when the bucket is full, or when nothing more comes for now. */
  readonly nextMs: number;
}

/** Full buckets. */
export function openLedger(set: PolicySet, atMs: number): Ledger {
  return { atMs, tats: set.map(() => fullBucket(atMs)), leases: [], held: 0 };
}

/** The first millisecond at which every bucket has `cost` tokens. */
export function roomInAllMs(ledger: Ledger, set: PolicySet, cost: number): number {
  const { atMs, tats, held, leases } = ledger;
  let roomMs = atMs;
  for (const [index, policy] of set.entries()) {
    roomMs = Math.max(roomMs, roomAtMs(at(tats, index), policy, held, cost, atMs));
  }
  // A lease keeps its tokens out of the refill until it ends.
  const endMs = leases[0]?.expiresMs ?? Infinity;
  return roomMs <= endMs ? roomMs : roomInAllMs(advance(ledger, set, endMs), set, cost);
}

/** Moves on to a later time. What is left of leases that end on the way counts as used. */
export function advance(ledger: Ledger, set: PolicySet, toMs: number): Ledger {
  let current = ledger;
  for (;;) {
    const [lease] = current.leases;
    if (lease === undefined || lease.expiresMs > toMs) return { ...current, atMs: toMs };
    current = endLease({ ...current, atMs: Math.max(current.atMs, lease.expiresMs) }, set, lease, 0);
  }
}

/** Takes `cost` tokens from every bucket; there must be room. */
export function take(ledger: Ledger, set: PolicySet, cost: number): Ledger {
  const { atMs, held } = ledger;
  return {
    ...ledger,
    tats: ledger.tats.map((tat, index) => moved(tat, at(set, index), held, cost, atMs)),
  };
}

/** Takes tokens that may be used until a time. */
export function openLease(ledger: Ledger, set: PolicySet, lease: Lease): Ledger {
  const taken = take(ledger, set, lease.tokens);
  const leases = [...taken.leases, lease].toSorted((a, b) => a.expiresMs - b.expiresMs);
  return { ...taken, leases, held: taken.held + lease.tokens };
}

/** Ends a lease of which `unused` tokens come back. */
export function endLease(ledger: Ledger, set: PolicySet, lease: Lease, unused: number): Ledger {
  const { atMs, held } = ledger;
  return {
    ...ledger,
    tats: ledger.tats.map((tat, index) => moved(tat, at(set, index), held, -unused, atMs)),
    leases: ledger.leases.filter((other) => other !== lease),
    held: held - lease.tokens,
  };
}

/** How each policy stands. */
export function standingsOf({ tats, held, atMs }: Ledger, set: PolicySet): readonly Standing[] {
  return set.map((policy, index) => {
    const tat = at(tats, index);
    const remaining = tokensAt(tat, policy, held, atMs);
    const nextMs = roomAtMs(tat, policy, held, remaining + 1, atMs) - atMs;
    return { policy: policy.name, remaining, nextMs: Number.isFinite(nextMs) ? nextMs : 0 };
  });
}

/** Which policy keeps a cost waiting longest; without a cost, which has least left. */
export function bindingOf(ledger: Ledger, set: PolicySet, cost?: number): string {
  const { tats, held, atMs } = ledger;
  const weights = set.map((policy, index) =>
    cost === undefined
      ? -tokensAt(at(tats, index), policy, held, atMs)
      : roomAtMs(at(tats, index), policy, held, cost, atMs),
  );
  return at(set, weights.indexOf(Math.max(...weights))).name;
}

/** The same ledger on a clock that was set back. */
export function shifted(ledger: Ledger, byMs: number): Ledger {
  return {
    ...ledger,
    atMs: ledger.atMs + byMs,
    tats: ledger.tats.map(({ baseMs, ticks }) => ({ baseMs: baseMs + byMs, ticks })),
    leases: ledger.leases.map((lease) => ({ ...lease, expiresMs: lease.expiresMs + byMs })),
  };
}

/** An element that is there: sets and their buckets are made together. */
function at<T>(list: readonly T[], index: number): T {
  // The cast drops `undefined`, which `noUncheckedIndexedAccess` adds for indexes that may be out of range.
  return list[index] as T;
}
