import type { Context } from "hono";
import { ProblemError } from "../http/problem.ts";
import { waitUntil } from "../http/wait-until.ts";
import {
  type Ask,
  createLimitClient,
  type LimitAnswer,
  type LimitClient,
  type LimitClientOptions,
} from "./client.ts";
import { findPolicies, type PlannedLimits, type PolicySet } from "./policy.ts";

/** The limits of a Manifold: their policies, and how to ask. */
export interface Limits extends PlannedLimits {
  readonly client: LimitClient;
}

/** What limits are made of. */
export interface LimitOptions extends PlannedLimits, Pick<LimitClientOptions, "limiterFor"> {}

/** Opens the limits of an isolate. */
export function openLimits(
  { policies, v1Limit, limiterFor }: LimitOptions,
  world: Omit<LimitClientOptions, "limiterFor">,
): Limits {
  return { policies, v1Limit, client: createLimitClient({ ...world, limiterFor }) };
}

/**
 * The policies by these names.
 *
 * @throws {RangeError} Naming the one there is none of, and which was probably meant.
 */
export function expectPolicies({ policies }: Limits, names: string | readonly string[]): PolicySet {
  const found = findPolicies(policies, names);
  if ("set" in found) return found.set;
  throw new RangeError(`Expected \`policy\` to name limits: ${found.unknown}`);
}

/**
 * Asks for whoever makes a request.
 *
 * @throws {ProblemError} `client-closed-request` when they leave before the answer.
 */
export async function askFor(
  c: Context,
  { client }: Limits,
  ask: Omit<Ask, "signal" | "keepAlive">,
): Promise<LimitAnswer> {
  const { signal } = c.req.raw;
  try {
    signal.throwIfAborted();
    return await client.ask({ ...ask, signal, keepAlive: (work) => waitUntil(c, work) });
  } catch (error) {
    throw signal.aborted ? new ProblemError("client-closed-request", { cause: error }) : error;
  }
}
