import type { CompletePolicy } from "../../src/limits/policy.ts";

/** A policy as a test needs it: 5 at once, 5 a second. */
export function policyOf(changes: Partial<CompletePolicy> = {}): CompletePolicy {
  return {
    name: "demo",
    capacity: 5,
    refill: { tokens: 5, perMs: 1_000 },
    maxWaitMs: 30_000,
    maxWaiters: 1_000,
    onFailure: "open",
    ...changes,
  };
}
