import { type Clock, TimeoutError } from "#kernel";

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

/**
 * Waits no longer than a limit for something that cannot be cancelled, as a remote call cannot.
 *
 * @throws {TimeoutError} What it rejects with.
 */
export async function within<T>(limitMs: number, clock: Clock, call: Promise<T>): Promise<T> {
  let stop: (() => void) | undefined;
  const limit = new Promise<never>((_, reject) => {
    stop = clock.setTimer(() => reject(new TimeoutError(limitMs)), limitMs);
  });
  try {
    return await Promise.race([call, limit]);
  } finally {
    stop?.();
  }
}
