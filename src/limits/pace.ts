import type { CancelSignal } from "#kernel";
import { expectPolicies, type Limits } from "./limits.ts";

/** What a turn is asked for with: the limit, whom it is counted for, and how long it may be waited for. */
interface Turn {
  readonly policy: string;
  readonly origin: string;
  readonly maxWaitMs: number;
  readonly signal: CancelSignal;
  readonly keepAlive: (work: Promise<unknown>) => void;
}

/** Makes callers of an origin wait their turn under a limit, first come, first served. */
export function paceOf(limits: Limits) {
  return async ({ policy, origin, ...turn }: Turn) =>
    await limits.client.ask({
      ...turn,
      set: expectPolicies(limits, policy),
      key: `origin:${origin}`,
      cost: 1,
      mode: "wait",
    });
}
