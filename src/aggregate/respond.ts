import { ProblemError } from "../http/problem.ts";
import { explain } from "./failure.ts";
import type { EndpointPlan } from "./plan.ts";
import type { Outcome } from "./run.ts";
import { outcomeLabel, round, serverTiming, toTimeline } from "./timeline.ts";

/** How to write an answer. */
export interface AnswerOptions {
  /** How long all of it took, in milliseconds. */
  readonly durationMs: number;
  /** Adds `_timeline` to the body. */
  readonly withTimeline: boolean;
}

/**
 * Writes the answer to a request from what became of its branches.
 *
 * @throws {ProblemError} When a required branch failed.
 */
export function respond(plan: EndpointPlan, outcomes: readonly Outcome[], options: AnswerOptions): Response {
  const timing = { "Server-Timing": serverTiming(outcomes, options.durationMs) };
  const timeline = options.withTimeline ? { _timeline: toTimeline(outcomes, options.durationMs) } : {};
  const culprit = outcomes.find(({ kind, optional }) => kind === "failed" && !optional);
  if (culprit?.kind === "failed") {
    throw toProblem(plan, culprit, { branches: outcomes.map(report), ...timeline }, timing);
  }

  const results: Record<string, unknown> = {};
  for (const outcome of outcomes) if (outcome.kind === "ok") results[outcome.name] = outcome.value;
  const answer = plan.respond === undefined ? results : plan.respond(results);
  const missing = outcomes.filter(({ kind }) => kind !== "ok");
  return new Response(JSON.stringify(options.withTimeline ? { ...asObject(answer), ...timeline } : answer), {
    headers: {
      ...timing,
      ...(missing.length === 0 ? {} : { "Manifold-Incomplete": missing.map(incomplete).join(", ") }),
      "Content-Type": "application/json; charset=utf-8",
      "Cache-Control": "no-store",
    },
  });
}

/** An answer that can carry one member more. */
function asObject(answer: unknown): object {
  const isPlain = typeof answer === "object" && answer !== null && !Array.isArray(answer);
  return isPlain ? answer : { answer };
}

function toProblem(
  { branches }: EndpointPlan,
  { name, error }: Outcome & { readonly kind: "failed" },
  members: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>>,
): ProblemError {
  const { fault } = error;
  const detail = `Branch \`${name}\` ${explain(fault)}`;
  const options = { detail, members, headers, cause: error };
  if (fault.kind === "timeout") return new ProblemError("upstream-timeout", options);
  if (fault.kind === "unsendable") return new ProblemError("bad-request", options);
  const decides = branches.find((branch) => branch.name === name)?.statusFrom === true;
  if (fault.kind !== "status" || !decides || fault.status < 400 || fault.status >= 500) {
    return new ProblemError("upstream-failed", options);
  }
  if (fault.status === 404) return new ProblemError("not-found", options);
  return new ProblemError("upstream-refused", { ...options, status: fault.status });
}

/** One branch in a problem's `branches`. */
function report(outcome: Outcome): object {
  const { name, attempts, startMs, endMs } = outcome;
  return { name, outcome: outcomeLabel(outcome), attempts, elapsedMs: round(endMs - startMs) };
}

/** One member of `Manifold-Incomplete`: a list of tokens with parameters (RFC 9651). */
function incomplete(outcome: Outcome): string {
  return `${outcome.name};${outcomeLabel(outcome)}`;
}
