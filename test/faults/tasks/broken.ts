/** Parts that lie, to show that the play finds out: what a ledger that is wrong in that way would do. */
export const BROKEN = [
  /** Every claim gets the fence that the last one had. */
  "same-fence",
  /** A report is taken from whoever makes it. */
  "takes-any-fence",
  /** What runs is given to whoever asks. */
  "claims-twice",
  /** Nobody counts what runs in a slot. */
  "no-concurrency",
  /** What waits for a slot is not let go when one ends. */
  "no-release",
  /** A rate is forgotten each time. */
  "no-rate",
  /** A group has nothing open whenever it is asked. */
  "joins-early",
  /** A group always has something open. */
  "never-joins",
  /** What was published is never published again. */
  "no-sweep",
  /** Leases that have run out are not looked for. */
  "no-lease-end",
  /** The alarm is not set. */
  "no-alarm",
  /** What is answered and sent is not on disk yet. */
  "answers-before-durable",
  /** Idempotency keys are not kept. */
  "forgets-keys",
  /** What has ended passes for what runs. */
  "takes-late-reports",
] as const;

export type Broken = (typeof BROKEN)[number];
