/** What a ledger goes by, whatever the type of a task. */
export interface LedgerSettings {
  /** How long a worker may be silent before its tasks are given to others. */
  readonly leaseMs: number;
  /** How long a handler may take to end once it was asked to. */
  readonly graceMs: number;
  /** A queued task that nobody has claimed for so long is published again. */
  readonly sweepMs: number;
  /** So many lost leases in a row make a task poison. */
  readonly mostLost: number;
  /** How long an idempotency key stands for its task. */
  readonly keyMs: number;
}

export const DEFAULT_SETTINGS: LedgerSettings = {
  leaseMs: 30_000,
  graceMs: 5_000,
  sweepMs: 60_000,
  mostLost: 3,
  keyMs: 86_400_000,
};
