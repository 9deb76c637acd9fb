/**
 * Who may work on something, and until when. The fence grows with each lease on the same thing, so that whatever is
 * written under an old one can be told from what is written under the new (Martin Kleppmann, How to do distributed
 * locking, 2016).
 */
export interface Lease {
  /** From 1. */
  readonly fence: number;
  readonly untilMs: number;
}

/** Leases something out that was leased under `fence` the last time; 0 for never. */
export function grantLease(fence: number, nowMs: number, leaseMs: number): Lease {
  return { fence: fence + 1, untilMs: nowMs + leaseMs };
}

/** The same lease for longer. It never becomes shorter, whatever the clock says. */
export function renewLease({ fence, untilMs }: Lease, nowMs: number, leaseMs: number): Lease {
  return { fence, untilMs: Math.max(untilMs, nowMs + leaseMs) };
}

/** Whether who shows this fence holds the lease. That it has run out does not matter until somebody else has it. */
export function holdsLease(lease: Lease | undefined, fence: number): boolean {
  return lease?.fence === fence;
}

/** Whether nobody has renewed it in time, so that it may be given to somebody else. */
export function hasRunOut({ untilMs }: Lease, nowMs: number): boolean {
  return nowMs >= untilMs;
}
