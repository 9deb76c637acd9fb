import type { BranchPlan } from "./branch-plan.ts";
import { heaviestAntichain } from "./antichain.ts";
import { countAtOnce } from "./explain-calls.ts";
import type { EndpointPlan } from "./plan.ts";
import { CONNECTIONS, MOST_LANES } from "./transport.ts";

/** How the calls of an endpoint share the connections of its invocation. */
export interface Connections {
  /** By wave, the most calls that can run at once while one of its branches runs; earlier ones may still run, too. */
  readonly atOnce: readonly number[];
  /** Where some wait for a connection; nowhere if there are lanes. Waves count from 1. */
  readonly queue: readonly { readonly wave: number; readonly waiting: number }[];
  /** How many lanes the widest wave takes; 0 where they are off or not needed. */
  readonly lanes: number;
}

/** Sees how many calls can meet. */
export function explainConnections(plan: EndpointPlan): Connections {
  const atOnce = plan.waves.map((_, index) => countInWave(plan, index));
  const queue = atOnce
    .map((calls, index) => ({ wave: index + 1, waiting: calls - CONNECTIONS }))
    .filter(({ waiting }) => waiting > 0);
  if (!plan.lanes) return { atOnce, queue, lanes: 0 };
  return { atOnce, queue: [], lanes: Math.max(0, ...atOnce.map(lanesFor)) };
}

/** How many lanes take over when so many calls are made at once. */
export function lanesFor(calls: number): number {
  const over = Math.max(0, calls - CONNECTIONS);
  return Math.ceil(over / sliceFor(over));
}

/** How often a connection is used again until so many calls are made. */
export function roundsFor(calls: number, withLanes: boolean): number {
  const each = withLanes ? Math.min(calls, sliceFor(calls - CONNECTIONS)) : calls;
  return Math.ceil(each / CONNECTIONS);
}

/** How many calls go over one lane when so many go over lanes. */
function sliceFor(over: number): number {
  return Math.max(CONNECTIONS, Math.ceil(over / MOST_LANES));
}

/** Waits are for branches, not for waves: beside one that runs, all may run that it has not waited for. */
function countInWave(plan: EndpointPlan, index: number): number {
  const begun = new Set(plan.waves.slice(0, index + 1).flat());
  const mayRun = plan.branches.filter(({ name }) => begun.has(name));
  const isBefore = orderOf(plan.branches);
  const counts = mayRun
    .filter(({ name }) => plan.waves[index]?.includes(name))
    .map((branch) => {
      const beside = mayRun.filter((other) => other !== branch && !isBefore(other, branch));
      return countAtOnce(branch) + heaviestAntichain(beside, countAtOnce, isBefore);
    });
  return Math.max(...counts);
}

/** Tells whether one branch has always ended when another begins. */
function orderOf(branches: readonly BranchPlan[]): (first: BranchPlan, second: BranchPlan) => boolean {
  const needsOf = new Map(branches.map(({ name, needs }) => [name, needs]));
  const waitedFor = new Map(
    branches.map(({ name, needs }) => {
      const all = new Set(needs);
      // The set grows while it is walked, until the needs of all needs are in it.
      for (const need of all) for (const further of needsOf.get(need) ?? []) all.add(further);
      return [name, all];
    }),
  );
  return (first, second) => waitedFor.get(second.name)?.has(first.name) === true && !mayGoOn(first);
}

/** Whether a branch may call after it has ended: what is refreshed behind a stale answer meets who waited for it. */
function mayGoOn({ cache }: BranchPlan): boolean {
  return (cache?.staleWhileRevalidateMs ?? 0) > 0;
}
