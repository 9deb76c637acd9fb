import { type CancelSignal, gather, isCancellation, type Span, TimeoutError, withTimeout } from "#kernel";
import { type Attempt, AttemptLog, type Note } from "./attempt-log.ts";
import { getResult, lastResort } from "./branch.ts";
import type { BranchPlan } from "./branch-plan.ts";
import type { Call } from "./definition.ts";
import { CallError } from "./failure.ts";
import type { BranchRun } from "./get-one.ts";
import type { Obtained } from "./obtain.ts";
import type { EndpointPlan } from "./plan.ts";
import { type InboundRequest, remainingMs } from "./request.ts";

/** What became of a branch. Times are in milliseconds since the request began. */
export type Outcome = Ending & {
  readonly name: string;
  readonly optional: boolean;
  readonly startMs: number;
  readonly endMs: number;
  /** Every attempt to get at it. */
  readonly attempts: readonly Attempt[];
  /** How else it got at answers. */
  readonly notes: ReadonlySet<Note>;
  /** Every document that went into it. */
  readonly obtained: readonly Obtained[];
};

type Ending =
  | { readonly kind: "ok"; readonly value: unknown }
  | { readonly kind: "failed"; readonly error: CallError }
  /** A branch it needs had no result. */
  | { readonly kind: "skipped"; readonly need: string }
  /** A required branch had failed, or the client had left. */
  | { readonly kind: "cancelled" };

/** A required branch failed: what brings its siblings down. */
class BranchFailedError extends Error {
  override readonly name = "BranchFailedError";
}

/**
 * Runs all branches of a plan, each as soon as what it needs is there. When a required one fails, or the client
 * leaves, what still runs is cancelled. Settles when no call is left open.
 *
 * @param onOutcome Is told of each branch as it ends.
 * @returns What became of each, in the order of declaration.
 * @throws The reason of `signal` when it was aborted before the start; what a function of the configuration throws.
 */
export async function runPlan(
  plan: EndpointPlan,
  request: InboundRequest,
  { within, onOutcome }: { readonly within?: Span; readonly onOutcome?: (outcome: Outcome) => void } = {},
): Promise<readonly Outcome[]> {
  const { signal, clock, beganMs } = request;
  const now = () => clock.now() - beganMs;
  const outcomes: Outcome[] = [];
  /** The outcomes that others wait for. */
  const awaited = new Map(
    plan.branches.flatMap(({ needs }) => needs.map((need) => [need, Promise.withResolvers<Outcome>()])),
  );

  const run = async (branch: BranchPlan, index: number, branchSignal: CancelSignal, span?: Span) => {
    // Every branch has begun to wait before one can fail, and each resolves its outcome: nobody waits for ever.
    const needed =
      branch.needs.length === 0
        ? []
        : await Promise.all(branch.needs.map(async (need) => await awaited.get(need)?.promise));
    const { name, optional } = branch;
    const startMs = now();
    const log = new AttemptLog(now);
    const obtained: Obtained[] = [];
    let ending: Ending = { kind: "cancelled" };
    try {
      if (!branchSignal.aborted) {
        ending = await runBranch({ branch, request, log, obtained }, needed, branchSignal, span);
      }
    } finally {
      const outcome = {
        name,
        optional,
        startMs,
        endMs: now(),
        attempts: log.attempts(),
        notes: log.notes,
        obtained,
        ...ending,
      };
      outcomes[index] = outcome;
      awaited.get(name)?.resolve(outcome);
      onOutcome?.(outcome);
    }
    if (ending.kind === "failed" && !optional) throw new BranchFailedError(`\`${name}\` failed`);
  };

  try {
    const tasks = plan.branches.map(
      (branch, index) => (inner: CancelSignal, span?: Span) => run(branch, index, inner, span),
    );
    await gather(tasks, { signal, clock, within, names: plan.branches.map(({ name }) => name) });
  } catch (error) {
    if (!(error instanceof BranchFailedError)) throw error;
  }
  return outcomes;
}

async function runBranch(
  run: BranchRun,
  needed: readonly (Outcome | undefined)[],
  signal: CancelSignal,
  within: Span | undefined,
): Promise<Ending> {
  const { branch, request } = run;
  const needs: Record<string, unknown> = {};
  for (const outcome of needed) {
    if (outcome?.kind === "ok") needs[outcome.name] = outcome.value;
    else if (outcome !== undefined) return { kind: "skipped", need: outcome.name };
  }
  const { params, query, clock } = request;
  const call: Call = { params, query, needs, elements: [], page: 1 };
  const leftMs = remainingMs(request);
  const limitMs = Math.min(branch.timeoutMs, leftMs);
  // What is left of the branch is all that its attempts have.
  const limited =
    limitMs === leftMs ? run : { ...run, request: { ...request, deadlineMs: clock.now() + limitMs } };
  const task = (inner: CancelSignal) => getResult(limited, call, inner);
  try {
    return { kind: "ok", value: await withTimeout(task, limitMs, { signal, clock, within }) };
  } catch (error) {
    if (isCancellation(error, signal)) return { kind: "cancelled" };
    if (error instanceof CallError) return { kind: "failed", error };
    if (!(error instanceof TimeoutError)) throw error;
    const saved = await lastResort(run, call);
    if (saved !== undefined) return { kind: "ok", value: saved.value };
    const fault = { kind: "timeout", limitMs: Math.round(limitMs) } as const;
    return { kind: "failed", error: new CallError(fault, { cause: error }) };
  }
}
