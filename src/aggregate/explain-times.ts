import type { BranchPlan, SourcePlan } from "./branch-plan.ts";
import { sourcesOf, sum } from "./explain-calls.ts";
import type { EndpointPlan } from "./plan.ts";

/** When a branch runs, if each takes as long as is said, and which needs it had to wait for. */
export interface Chain {
  readonly startMs: number;
  readonly endMs: number;
  /** From the first to the branch itself. */
  readonly branches: readonly string[];
}

/**
 * Lays the branches of a plan out in time, each beginning when the last of its needs has ended.
 *
 * @returns By name, in the order of the waves.
 */
export function chainBranches(
  { branches, waves }: EndpointPlan,
  msOf: (branch: BranchPlan) => number,
): ReadonlyMap<string, Chain> {
  const chains = new Map<string, Chain>();
  for (const name of waves.flat()) {
    const branch = branches.find((one) => one.name === name);
    if (branch === undefined) continue;
    const before = longestOf(branch.needs.flatMap((need) => chains.get(need) ?? []));
    const endMs = before.endMs + msOf(branch);
    chains.set(name, { startMs: before.endMs, endMs, branches: [...before.branches, name] });
  }
  return chains;
}

/** The chain that ends last; the first of those that end together. */
export function longestOf(chains: Iterable<Chain>): Chain {
  let longest: Chain = { startMs: 0, endMs: 0, branches: [] };
  for (const chain of chains) if (chain.endMs > longest.endMs) longest = chain;
  return longest;
}

/**
 * The longest that a branch can take once it has begun, in milliseconds: what all its attempts, pages and stand-ins
 * may take one after the other, within its own limit and the endpoint's deadline.
 */
export function worstMsOf(branch: BranchPlan, deadlineMs: number): number {
  const pages = branch.pages?.maxPages ?? 1;
  const workMs = sum(sourcesOf(branch).map(sourceMs)) * pages;
  return Math.min(workMs, branch.timeoutMs, deadlineMs);
}

/** How long one source may take for one thing, every attempt as slow as it may be and failing. */
function sourceMs({ upstream: { timeoutMs }, retry, hedge }: SourcePlan): number {
  const { attempts, baseMs, capMs, on } = retry;
  // A copy has a limit of its own, and leaves after the p95, for which there is a bound.
  const attemptMs = timeoutMs + (hedge === undefined ? 0 : Math.min(hedge.maxMs, timeoutMs));
  if (attempts === 1) return attemptMs;
  // An answer may say how long to wait (`Retry-After`), and it may say anything.
  if (on.includes("unavailable") || on.includes("throttled")) return Infinity;
  const pauses = Array.from({ length: attempts - 1 }, (_, index) => Math.min(capMs, baseMs * 2 ** index));
  return attempts * attemptMs + sum(pauses);
}
