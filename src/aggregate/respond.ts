import { matchesEtag, weakEtag } from "../http/etag.ts";
import { combineFreshness } from "../http/freshness.ts";
import { findProblem, incomplete, makeAnswer } from "./answer.ts";
import { freshnessOf } from "./obtain.ts";
import type { EndpointPlan } from "./plan.ts";
import type { Outcome } from "./run.ts";
import { serverTiming, toTimeline } from "./timeline.ts";

/** How to write an answer. */
export interface AnswerOptions {
  /** How long all of it took, in milliseconds. */
  readonly durationMs: number;
  /** Adds `_timeline` to the body. */
  readonly withTimeline: boolean;
  /** The caller's `If-None-Match`. */
  readonly ifNoneMatch: string | null;
}

/**
 * Writes the whole answer to a request as JSON.
 *
 * @throws {ProblemError} When a required branch failed, or results contradict one another.
 */
export function respond(
  plan: EndpointPlan,
  outcomes: readonly Outcome[],
  { durationMs, withTimeline, ifNoneMatch }: AnswerOptions,
): Response {
  const timing = { "Server-Timing": serverTiming(outcomes, durationMs) };
  const timeline = withTimeline ? { _timeline: toTimeline(outcomes, durationMs) } : {};
  const problem = findProblem(plan, outcomes);
  if (problem !== undefined) throw problem.with({ members: timeline, headers: timing });

  const answer = makeAnswer(plan, outcomes);
  const missing = incomplete(outcomes);
  const headers: Record<string, string> = {
    ...timing,
    ...(missing !== undefined && { "Manifold-Incomplete": missing }),
    ...freshness(outcomes, missing !== undefined || withTimeline),
  };
  const body = JSON.stringify(withTimeline ? { ...asObject(answer), ...timeline } : answer);
  if (headers["Cache-Control"] !== "no-store") {
    const etag = weakEtag(body);
    headers["ETag"] = etag;
    if (matchesEtag(ifNoneMatch, etag)) return new Response(null, { status: 304, headers });
  }
  headers["Content-Type"] = "application/json; charset=utf-8";
  return new Response(body, { headers });
}

/** How long the answer may be kept: as long as everything that went into it. */
function freshness(outcomes: readonly Outcome[], isForNow: boolean): Record<string, string> {
  // The form depends on the caller's `Accept`, whatever else it depends on.
  if (isForNow || outcomes.some(({ notes }) => notes.has("fallback"))) {
    return { "Cache-Control": "no-store", Vary: "Accept" };
  }
  const parts = outcomes.flatMap(({ obtained }) => obtained.map(freshnessOf));
  const { cacheControl, vary } = combineFreshness(parts);
  const fields = vary === undefined ? "Accept" : vary === "*" ? vary : `Accept, ${vary}`;
  return { "Cache-Control": cacheControl, Vary: fields };
}

/** An answer that can carry one member more. */
function asObject(answer: unknown): object {
  const isPlain = typeof answer === "object" && answer !== null && !Array.isArray(answer);
  return isPlain ? answer : { answer };
}
