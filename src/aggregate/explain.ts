import type { BranchPlan } from "./branch-plan.ts";
import { type BranchCalls, countCalls, describeCalls, sum } from "./explain-calls.ts";
import { type Connections, explainConnections, roundsFor } from "./explain-connections.ts";
import { notesOf } from "./explain-notes.ts";
import { countSubrequests, SUBREQUEST_LIMITS, type Subrequests } from "./explain-subrequests.ts";
import { chainBranches, longestOf, worstMsOf } from "./explain-times.ts";
import type { EndpointPlan } from "./plan.ts";

/** What an endpoint costs, before it runs. */
export interface Explanation {
  /** The route. */
  readonly name: string;
  readonly deadlineMs: number;
  readonly waves: readonly (readonly string[])[];
  /** In the order of declaration. */
  readonly branches: readonly BranchExplanation[];
  readonly criticalPath: {
    /** The chain of needs that can take longest. */
    readonly branches: readonly string[];
    /** How long the longest chain takes as calls go of late; `null` unless that is known of every branch. */
    readonly typicalMs: number | null;
    /** What the limits of its branches add up to, up to the deadline. */
    readonly worstMs: number;
  };
  readonly subrequests: Subrequests;
  readonly connections: Connections;
}

/** What one branch costs. */
export interface BranchExplanation {
  readonly name: string;
  readonly upstream: string;
  /** The template of what it calls, or `computed`. */
  readonly target: string;
  readonly kind: "single" | "each" | "pages";
  /** From 1. */
  readonly wave: number;
  readonly needs: readonly string[];
  readonly optional: boolean;
  /** Its limit, with every attempt, page and element. */
  readonly timeoutMs: number;
  readonly calls: BranchCalls;
  /** How long it takes as calls go of late; `null` when unknown. */
  readonly typicalMs: number | null;
  /** When it begins if all that it needs takes as long as it may, up to the deadline. */
  readonly worstStartMs: number;
  /** The longest that it can take after that. */
  readonly worstMs: number;
  readonly notes: readonly string[];
}

/** What a running Worker knows and a configuration does not. */
export interface ExplainOptions {
  /** How long calls of a class take of late, in the middle. */
  readonly typicalMs?: ((routeClass: string) => number | undefined) | undefined;
}

/** Works out what an endpoint costs. Calls nobody, and none of the configuration's functions. */
export function explain(plan: EndpointPlan, { typicalMs }: ExplainOptions = {}): Explanation {
  const { route, deadlineMs, waves } = plan;
  const typicalOf = (branch: BranchPlan) => {
    const ms = typicalMs?.(branch.source.routeClass);
    return ms === undefined ? undefined : ms * turnsOf(branch, plan.lanes);
  };
  const worst = chainBranches(plan, (branch) => worstMsOf(branch, deadlineMs));
  const typical = chainBranches(plan, (branch) => typicalOf(branch) ?? Infinity);
  const critical = longestOf(worst.values());
  const usual = longestOf(typical.values());
  return {
    name: route,
    deadlineMs,
    waves,
    branches: plan.branches.map((branch) => ({
      name: branch.name,
      upstream: branch.source.upstream.name,
      target: targetOf(branch),
      kind: kindOf(branch),
      wave: waves.findIndex((wave) => wave.includes(branch.name)) + 1,
      needs: branch.needs,
      optional: branch.optional,
      timeoutMs: branch.timeoutMs,
      calls: countCalls(branch),
      typicalMs: typicalOf(branch) ?? null,
      worstStartMs: Math.min(worst.get(branch.name)?.startMs ?? 0, deadlineMs),
      worstMs: worstMsOf(branch, deadlineMs),
      notes: notesOf(branch),
    })),
    criticalPath: {
      branches: critical.branches,
      typicalMs: Number.isFinite(usual.endMs) ? usual.endMs : null,
      worstMs: Math.min(critical.endMs, deadlineMs),
    },
    subrequests: countSubrequests(plan),
    connections: explainConnections(plan),
  };
}

/**
 * Checks that an endpoint stays within what the platform allows at most.
 *
 * @returns What is wrong, with the sum; empty when nothing is.
 */
export function checkLimits({ branches }: EndpointPlan): readonly string[] {
  const calls = branches.map((branch) => ({ name: branch.name, ...countCalls(branch) }));
  const worst = sum(calls.map((one) => one.subrequests.worst));
  if (!(worst > SUBREQUEST_LIMITS.paid)) return [];
  const terms = calls.map((one) => `\`${one.name}\` ${describeCalls(one)}`);
  return [
    `expected at most ${SUBREQUEST_LIMITS.paid} subrequests in the worst case, got ${worst}: ${terms.join(" + ")}`,
  ];
}

/** How many calls a branch makes one after the other when nothing fails. */
function turnsOf(branch: BranchPlan, withLanes: boolean): number {
  const { typical } = countCalls(branch);
  return branch.pages === undefined ? roundsFor(typical, withLanes) : typical;
}

function kindOf({ each, pages }: BranchPlan): BranchExplanation["kind"] {
  if (each !== undefined) return "each";
  return pages === undefined ? "single" : "pages";
}

function targetOf({ get }: BranchPlan): string {
  return typeof get === "string" ? get : "computed";
}
