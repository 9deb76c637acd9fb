import { type Clock, gather, isCancellation, type Span, TimeoutError, withTimeout } from "#kernel";
import { type CallContext, getJson } from "./call.ts";
import type { Call } from "./definition.ts";
import { CallError } from "./failure.ts";
import type { BranchPlan, EndpointPlan } from "./plan.ts";
import { checkSchema } from "./schema.ts";
import { type Target, UnsendableError } from "./target.ts";

/** What became of a branch. Times are in milliseconds since the request began. */
export type Outcome = Ending & {
  readonly name: string;
  readonly optional: boolean;
  readonly startMs: number;
  readonly endMs: number;
};

/** How a branch ended; `attempts` counts its calls to the upstream. */
type Ending = { readonly attempts: number } & (
  | { readonly kind: "ok"; readonly value: unknown }
  | { readonly kind: "failed"; readonly error: CallError }
  /** A branch it needs had no result. */
  | { readonly kind: "skipped"; readonly need: string }
  /** A required branch had failed, or the client had left. */
  | { readonly kind: "cancelled" }
);

/** The request being answered, and where it runs. */
export interface RunContext extends CallContext {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly within?: Span | undefined;
}

/** A required branch failed: what brings its siblings down. */
class BranchFailedError extends Error {
  override readonly name = "BranchFailedError";
}

/**
 * Runs all branches of a plan, each as soon as what it needs is there. When a required one fails, or the client
 * leaves, what still runs is cancelled. Settles when no call is left open.
 *
 * @returns What became of each, in the order of declaration.
 * @throws The reason of `signal` when it was aborted before the start; what a function of the configuration throws.
 */
export async function runPlan(plan: EndpointPlan, context: RunContext): Promise<readonly Outcome[]> {
  const { clock, signal, within } = context;
  const beganMs = clock.now();
  const outcomes = new Map(plan.branches.map(({ name }) => [name, Promise.withResolvers<Outcome>()]));

  const run = async (branch: BranchPlan, branchSignal: AbortSignal, span?: Span) => {
    // Every branch has begun to wait before one can fail, and each resolves its outcome: nobody waits for ever.
    const needed = await Promise.all(branch.needs.map(async (need) => await outcomes.get(need)?.promise));
    const startMs = clock.now() - beganMs;
    let ending: Ending = { kind: "cancelled", attempts: 0 };
    try {
      branchSignal.throwIfAborted();
      ending = await runBranch(plan, branch, needed, startMs, branchSignal, span, context);
    } finally {
      const { name, optional } = branch;
      outcomes.get(name)?.resolve({ name, optional, startMs, endMs: clock.now() - beganMs, ...ending });
    }
    if (ending.kind === "failed" && !branch.optional)
      throw new BranchFailedError(`\`${branch.name}\` failed`);
  };

  try {
    const tasks = plan.branches.map(
      (branch) => async (inner: AbortSignal, span?: Span) => await run(branch, inner, span),
    );
    await gather(tasks, { signal, clock, within, names: plan.branches.map(({ name }) => name) });
  } catch (error) {
    if (!(error instanceof BranchFailedError)) throw error;
  }
  return await Promise.all([...outcomes.values()].map(async ({ promise }) => await promise));
}

async function runBranch(
  { deadlineMs }: EndpointPlan,
  branch: BranchPlan,
  needed: readonly (Outcome | undefined)[],
  startMs: number,
  signal: AbortSignal,
  within: Span | undefined,
  context: RunContext,
): Promise<Ending> {
  const needs: Record<string, unknown> = {};
  for (const outcome of needed) {
    if (outcome?.kind === "ok") needs[outcome.name] = outcome.value;
    else if (outcome !== undefined) return { kind: "skipped", attempts: 0, need: outcome.name };
  }
  const { params, query, clock } = context;
  const limitMs = Math.min(branch.timeoutMs, Math.max(0, deadlineMs - startMs));
  const task = async (inner: AbortSignal) => await getValue(branch, { params, query, needs }, inner, context);
  try {
    return { kind: "ok", attempts: 1, value: await withTimeout(task, limitMs, { signal, clock, within }) };
  } catch (error) {
    if (isCancellation(error, signal)) return { kind: "cancelled", attempts: 1 };
    if (error instanceof CallError) return { kind: "failed", attempts: 1, error };
    if (!(error instanceof TimeoutError)) throw error;
    const fault = { kind: "timeout", limitMs: Math.round(limitMs) } as const;
    return { kind: "failed", attempts: 1, error: new CallError(fault, { cause: error }) };
  }
}

/** One call from its target to its value. @throws {CallError} When any step of it fails. */
async function getValue(
  { upstream, target, schema, map }: BranchPlan,
  call: Call,
  signal: AbortSignal,
  context: CallContext,
): Promise<unknown> {
  const body = await getJson(upstream, makeTarget(target, call), signal, context);
  const value = schema === undefined ? body : await checkSchema(schema, body);
  if (map === undefined) return value;
  try {
    return map(value, call);
  } catch (error) {
    throw new CallError({ kind: "invalid", reason: "`map` cannot use it" }, { cause: error });
  }
}

function makeTarget(target: BranchPlan["target"], call: Call): Target {
  try {
    return target(call);
  } catch (error) {
    if (!(error instanceof UnsendableError)) throw error;
    throw new CallError({ kind: "unsendable", reason: error.message }, { cause: error });
  }
}
