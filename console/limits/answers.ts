import type * as z from "zod";
import type { Acquired, LimitPage, LimitState } from "../../src/limits/requests.ts";
import type { Exchange } from "../exchange.ts";
import { complaintOf, type Unreachable } from "../exchange.ts";
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
  const complaint = complaintOf(answer);
  if (complaint === undefined) {
    // What the API promises.
    const { waitedMs, remaining, unchecked } = (answer as { body: z.infer<typeof Acquired> }).body;
    return { kind: "went", atMs, waitedMs, remaining, unchecked };
  }
  if (complaint.kind === "unreachable" || complaint.exchange.status !== 429) {
    return { kind: "failed", atMs, failure: complaint };
  }
  const { body, retryAfter } = complaint.exchange;
  const problem = isObject(body) ? body : {};
  const [violated] = Array.isArray(problem["violated-policies"])
    ? (problem["violated-policies"] as unknown[])
    : [];
  return {
    kind: "refused",
    atMs,
    retryAfter,
    retryAfterMs: Number(problem["retryAfterMs"] ?? 0),
    policy: typeof violated === "string" ? violated : undefined,
    reason: typeof problem["reason"] === "string" ? problem["reason"] : undefined,
  };
}
