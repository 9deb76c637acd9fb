import type { Context, MiddlewareHandler } from "hono";
import { ProblemError } from "../http/problem.ts";
import type { KeyOf } from "./caller-key.ts";
import type { Mode } from "./client.ts";
import { limitFields, refusal } from "./fields.ts";
import { costFault } from "./limiter.ts";
import { askFor, expectPolicies, type Limits } from "./limits.ts";

/** What a route is limited by. */
export interface RateLimitOptions {
  /** The name of a limit, or of several that hold together. */
  readonly policy: string | readonly string[];
  /** Whom to count by: `byIp`, `byToken`, or a function of one's own. */
  readonly key: KeyOf;
  /** What a request costs, in tokens; 1 by default. A request that costs 0 is not counted. */
  readonly cost?: number | ((c: Context) => number);
  /** `try` by default: who may not go is refused. `wait` makes them wait; `lease` spares calls where a key is hot. */
  readonly mode?: Mode;
}

/**
 * Limits the routes it is put before. Answers say what is left in `RateLimit`; who may not go gets a problem.
 *
 * @throws {RangeError} When there is no such limit, or it could never pay the cost.
 */
export function rateLimit(
  limits: Limits,
  { policy, key, cost = 1, mode = "try" }: RateLimitOptions,
): MiddlewareHandler {
  const set = expectPolicies(limits, policy);
  const fault = typeof cost === "number" && cost !== 0 ? costFault(set, cost) : undefined;
  if (fault !== undefined) throw new RangeError(fault);
  const costOf = typeof cost === "number" ? () => cost : cost;

  return async function rateLimited(c, next) {
    const price = costOf(c);
    if (price === 0) return await next();
    const unpayable = costFault(set, price);
    // It will not be better later.
    if (unpayable !== undefined) throw new ProblemError("bad-request", { detail: unpayable });
    const answer = await askFor(c, limits, { set, key: key(c), cost: price, mode });
    if (!answer.allowed) throw refusal(set, answer);
    await next();
    // Besides what a limit further in says: the fields are lists.
    for (const [name, value] of Object.entries(limitFields(set, answer))) {
      c.header(name, value, { append: true });
    }
  };
}
