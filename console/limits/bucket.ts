import type { Policy, Standing } from "./answers.ts";
import type { Call } from "./volley.ts";

type Rate = Pick<Policy, "capacity" | "refill">;

/** How full a bucket was at a moment, as far as the API has said; a part of a token counts. */
export interface Level {
  readonly atMs: number;
  readonly tokens: number;
}

/** How long one token takes to come back. */
export function tokenMs({ refill }: Rate): number {
  return refill.perMs / refill.tokens;
}

/** How full a bucket is that was as full as `level` says, and that nobody has taken from since. */
export function levelAt(rate: Rate, { atMs, tokens }: Level, nowMs: number): number {
  return Math.min(rate.capacity, tokens + Math.max(0, nowMs - atMs) / tokenMs(rate));
}

/** How full a bucket is of which this is said now: its whole tokens, and when there will be one more. */
export function levelSeen(
  rate: Rate,
  { remaining, nextMs }: Pick<Standing["policies"][number], "remaining" | "nextMs">,
  atMs: number,
): Level {
  const part = nextMs > 0 ? Math.max(0, 1 - nextMs / tokenMs(rate)) : 0;
  return { atMs, tokens: Math.min(rate.capacity, remaining + part) };
}

/** How full a bucket is after a call for one token was answered; `undefined` when the answer does not say. */
export function levelAfter(policy: Rate & Pick<Policy, "name">, call: Call, atMs: number): Level | undefined {
  if (call.kind === "went" && call.unchecked === undefined) return { atMs, tokens: call.remaining };
  if (call.kind !== "refused" || call.policy !== policy.name) return undefined;
  return { atMs, tokens: Math.max(0, 1 - call.retryAfterMs / tokenMs(policy)) };
}
