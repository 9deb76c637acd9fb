import { MOST_REDIRECTS } from "./call.ts";
import { countCalls, sum } from "./explain-calls.ts";
import { lanesFor } from "./explain-connections.ts";
import type { EndpointPlan } from "./plan.ts";
import { CONNECTIONS } from "./transport.ts";

/** Subrequests that an invocation may make, by plan (developers.cloudflare.com/workers/platform/limits). */
export const SUBREQUEST_LIMITS = { free: 50, paid: 10_000 } as const;

/**
 * What counts against the limit of the invocation that answers: every call that it makes itself, whether attempt,
 * copy or page, each turn that a pace makes it ask for, and each lane that it opens. The calls of a lane count against the lane's own limit, far below it.
 */
export interface Subrequests {
  /** When nothing fails and lists are as long as they may be; what is made at once goes over lanes, if there are. */
  readonly typical: number;
  /** As if no call found company on its way to a lane: then the lane costs what the call would have. */
  readonly worst: number;
  /** The same if every call were redirected as often as we follow, each redirect being one more. Nothing checks it. */
  readonly redirected: number;
  readonly free: typeof SUBREQUEST_LIMITS.free;
  readonly paid: typeof SUBREQUEST_LIMITS.paid;
  /** The smallest plan of Cloudflare's that allows the worst case. */
  readonly fits: "free" | "paid" | "none";
}

/** Counts the subrequests of an endpoint. */
export function countSubrequests(plan: EndpointPlan): Subrequests {
  const worst = sum(plan.branches.map((branch) => countCalls(branch).subrequests.worst));
  const fits = worst <= SUBREQUEST_LIMITS.free ? "free" : worst <= SUBREQUEST_LIMITS.paid ? "paid" : "none";
  return {
    typical: countTypical(plan),
    worst,
    redirected: worst * (1 + MOST_REDIRECTS),
    ...SUBREQUEST_LIMITS,
    fits,
  };
}

/** Those of a wave that can be made at once are; pages after the first come one by one. */
function countTypical({ branches, waves, lanes }: EndpointPlan): number {
  const all = sum(branches.map((branch) => countCalls(branch).subrequests.typical));
  if (!lanes) return all;
  const saved = waves.map((wave) => {
    const members = branches.filter(({ name }) => wave.includes(name));
    const atOnce = sum(
      members.map((branch) => (branch.pages === undefined ? countCalls(branch).typical : 1)),
    );
    return Math.max(0, atOnce - CONNECTIONS) - lanesFor(atOnce);
  });
  return all - sum(saved);
}
