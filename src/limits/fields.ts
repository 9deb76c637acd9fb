import { type Item, serializeList } from "structured-headers";
import { ProblemError } from "../http/problem.ts";
import type { LimitAnswer } from "./client.ts";
import type { PolicySet } from "./policy.ts";

/** Why an answer was given without a limit being checked: `Manifold-Limit: unchecked;reason=overloaded`. */
const UNCHECKED = "Manifold-Limit";

/**
 * The header fields that tell a caller of their limits (draft-ietf-httpapi-ratelimit-headers-11): `RateLimit-Policy`
 * for what is allowed, `RateLimit` for what is left, and `Retry-After` for when to come back.
 */
export function limitFields(set: PolicySet, answer: LimitAnswer): Record<string, string> {
  const { allowed, standings, retryAfterMs, unchecked } = answer;
  const policies = set.map(({ name, capacity, refill }) => {
    // How long the whole of it takes to come back.
    const windowMs = (capacity * refill.perMs) / refill.tokens;
    return item(name, { q: capacity, w: toSeconds(windowMs) });
  });
  const limits = standings.map(({ policy, remaining, nextMs }) => {
    // Never later than `Retry-After`, which takes precedence.
    const moreMs = allowed ? nextMs : Math.min(nextMs, retryAfterMs);
    return item(policy, { r: remaining, ...(moreMs > 0 && { t: toSeconds(moreMs) }) });
  });
  return {
    "RateLimit-Policy": serializeList(policies),
    ...(limits.length > 0 && { RateLimit: serializeList(limits) }),
    ...(!allowed && { "Retry-After": String(toSeconds(retryAfterMs)) }),
    ...(unchecked !== undefined && { [UNCHECKED]: `unchecked;reason=${unchecked}` }),
  };
}

/** The problem that a caller is refused with. */
export function refusal(set: PolicySet, answer: LimitAnswer): ProblemError {
  const { policy, retryAfterMs, reason, unchecked, waitedMs } = answer;
  const headers = limitFields(set, answer);
  if (unchecked !== undefined) {
    const detail = `Whether \`${policy}\` allows this cannot be known: its limiter is ${unchecked}`;
    return new ProblemError("limit-unavailable", { detail, members: { policy, unchecked }, headers });
  }
  return new ProblemError("quota-exceeded", {
    detail: `\`${policy}\` ${REASONS[reason ?? "exhausted"]}; try again in ${retryAfterMs} ms`,
    members: {
      "violated-policies": [policy],
      reason,
      remaining: remainingOf(answer),
      retryAfterMs,
      waitedMs,
    },
    headers,
  });
}

/** What is left under the policy that binds. */
export function remainingOf({ policy, standings }: LimitAnswer): number {
  return standings.find((standing) => standing.policy === policy)?.remaining ?? 0;
}

const REASONS = {
  exhausted: "is used up for now",
  "too-long": "would make this wait longer than it may",
  "queue-full": "has as many waiting as may wait",
} as const;

function item(name: string, parameters: Readonly<Record<string, number>>): Item {
  return [name, new Map(Object.entries(parameters))];
}

/** Whole seconds, rounded up: who comes back then does not come too early. */
function toSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
}
