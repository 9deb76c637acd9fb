import { TimeoutError } from "#kernel";

/** Why a limiter could not be asked: too many ask it, it does not answer, or it fails in another way. */
export type Outage = "overloaded" | "silent" | "failed";

/**
 * Which outage an error is.
 *
 * @see https://developers.cloudflare.com/durable-objects/best-practices/error-handling/ for `overloaded`.
 */
export function outageOf(error: unknown): Outage {
  if (error instanceof TimeoutError) return "silent";
  const isOverloaded = error instanceof Error && "overloaded" in error && error.overloaded === true;
  return isOverloaded ? "overloaded" : "failed";
}
