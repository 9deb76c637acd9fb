import type * as z from "zod";
import type { Acquired, LimitPage, LimitState } from "../../src/limits/requests.ts";
import { type Exchange, refusal, type Unreachable } from "../exchange.ts";
import { isObject } from "../is-object.ts";
import type { Call } from "./volley.ts";

/** The limits there are. */
export type Policies = z.infer<typeof LimitPage>;

/** A limit. */
export type Policy = Policies["items"][number];

/** How a key stands. */
export type Standing = z.infer<typeof LimitState>;

/** What became of a call that was answered `atMs` after it was fired. */
export function callOf(answer: Exchange | Unreachable, atMs: number): Call {
  if ("kind" in answer) return { kind: "failed", atMs, failure: answer };
  const { status, body, retryAfter } = answer;
  if (status === 200 && isObject(body)) {
    // What the API promises.
    const { waitedMs, remaining, unchecked } = body as z.infer<typeof Acquired>;
    return { kind: "went", atMs, waitedMs, remaining, unchecked };
  }
  if (status !== 429) return { kind: "failed", atMs, failure: refusal(answer) };
  const problem = isObject(body) ? body : {};
  const policies = problem["violated-policies"];
  return {
    kind: "refused",
    atMs,
    retryAfter,
    retryAfterMs: Number(problem["retryAfterMs"] ?? 0),
    policy: Array.isArray(policies) ? String(policies[0]) : undefined,
    reason: typeof problem["reason"] === "string" ? problem["reason"] : undefined,
  };
}
