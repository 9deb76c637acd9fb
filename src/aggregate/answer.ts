import { ProblemError } from "../http/problem.ts";
import { explain, retryAfterMs } from "./failure.ts";
import { mergeResults } from "./merge.ts";
import type { EndpointPlan } from "./plan.ts";
import type { Outcome } from "./run.ts";
import { outcomeLabel, round } from "./timeline.ts";

/**
 * Puts the results together, in the order of declaration.
 *
 * @throws {ProblemError} When they contradict one another and the merge policy settles nothing.
 */
export function makeAnswer({ respond, merge }: EndpointPlan, outcomes: readonly Outcome[]): unknown {
  const results = outcomes.flatMap((outcome): [string, unknown][] =>
    outcome.kind === "ok" ? [[outcome.name, outcome.value]] : [],
  );
  if (respond !== undefined) return expectAnswer(respond(Object.fromEntries(results)));
  const merged = mergeResults(results, merge);
  if (merged.ok) return merged.value;
  const [one, other] = merged.branches;
  throw new ProblemError("merge-conflict", {
    detail: `Branches \`${one}\` and \`${other}\` differ ${merged.path === "" ? "as a whole" : `at \`${merged.path}\``}`,
  });
}

/** Refuses what would silently become an empty object; nothing at all is `null`. */
function expectAnswer(answer: unknown): unknown {
  if (answer instanceof Promise) throw new TypeError("Expected `respond` to return an answer, got a promise");
  return answer ?? null;
}

/** What is missing, as the value of `Manifold-Incomplete`: a list of tokens with parameters (RFC 9651). */
export function incomplete(outcomes: readonly Outcome[]): string | undefined {
  const missing = outcomes.filter(({ kind, notes }) => kind !== "ok" || notes.has("partial"));
  if (missing.length === 0) return undefined;
  return missing
    .map((outcome) => `${outcome.name};${outcome.kind === "ok" ? "partial" : outcomeLabel(outcome)}`)
    .join(", ");
}

/** The problem to answer with, when a required branch has failed. */
export function findProblem(plan: EndpointPlan, outcomes: readonly Outcome[]): ProblemError | undefined {
  const culprit = outcomes.find(({ kind, optional }) => kind === "failed" && !optional);
  return culprit?.kind === "failed" ? toProblem(plan, culprit, outcomes) : undefined;
}

function toProblem(
  { branches }: EndpointPlan,
  { name, error }: Outcome & { readonly kind: "failed" },
  outcomes: readonly Outcome[],
): ProblemError {
  const { fault } = error;
  const waitMs = retryAfterMs(fault);
  const options = {
    detail: `Branch \`${name}\` ${explain(fault)}`,
    members: { branches: outcomes.map(report) },
    headers: waitMs === undefined ? {} : { "Retry-After": String(Math.ceil(waitMs / 1000)) },
    cause: error,
  };
  if (fault.kind === "timeout") return new ProblemError("upstream-timeout", options);
  const branch = branches.find((one) => one.name === name);
  // Where no other branch has a part in it, it is the caller who asks for too many.
  const isCallers = fault.kind === "unsendable" || (fault.kind === "too-many" && branch?.needs.length === 0);
  if (isCallers) return new ProblemError("bad-request", options);
  if (fault.kind === "broken-circuit" || fault.kind === "paced")
    return new ProblemError("upstream-unavailable", options);
  const decides = branch?.statusFrom === true;
  if (fault.kind !== "status" || !decides || fault.status < 400 || fault.status >= 500) {
    return new ProblemError("upstream-failed", options);
  }
  if (fault.status === 404) return new ProblemError("not-found", options);
  return new ProblemError("upstream-refused", { ...options, status: fault.status });
}

/** One branch in a problem's `branches`, in a summary and in the log. */
export function report(outcome: Outcome): object {
  const { name, attempts, startMs, endMs, notes } = outcome;
  return {
    name,
    outcome: outcomeLabel(outcome),
    attempts: attempts.length,
    elapsedMs: round(endMs - startMs),
    // What one failure says is its outcome; of several, each is a cause.
    ...(outcome.kind === "failed" &&
      attempts.length > 1 && { causes: attempts.map((attempt) => attempt.outcome) }),
    ...(notes.size > 0 && { notes: [...notes] }),
  };
}
