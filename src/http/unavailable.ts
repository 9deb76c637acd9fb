import { type ProblemCode, ProblemError } from "./problem.ts";

/** Says that something of ours is away for now, and when to ask again: what was reset is back at once. */
export function unavailable(
  code: ProblemCode,
  options: { readonly cause?: unknown; readonly members?: Readonly<Record<string, unknown>> } = {},
): ProblemError {
  return new ProblemError(code, { ...options, headers: { "Retry-After": "1" } });
}

/**
 * Waits for the answer of an object.
 *
 * @throws {ProblemError} Of this code, when it is away, has too much to do, is of another version, or cannot
 *   write. What its own code throws, as
 *   it is.
 */
export async function answerOf<T>(answer: Promise<T>, code: ProblemCode): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (isFaultOfItsCode(error)) throw error;
    throw unavailable(code, { cause: error });
  }
}

/** An object whose methods throw as {@link answerOf} does. */
export function answering<T extends { [M in keyof T]: (...args: never[]) => Promise<unknown> }>(
  stub: T,
  code: ProblemCode,
): T {
  const methods = Object.entries<(...args: never[]) => Promise<unknown>>(stub);
  const calls = methods.map(([name, call]) => [
    name,
    async (...args: never[]) => await answerOf(call(...args), code),
  ]);
  return Object.fromEntries(calls) as T; // the same methods
}

/**
 * What a statement throws where there is no room, "database or disk is full: SQLITE_FULL", and a call of an object that is
 * of another version while a deploy is under way (workerd 1.20261023).
 */
const PASSES = /SQLITE_(?:FULL|IOERR)|^The RPC receiver does not implement /;

/** What was thrown in there is marked (https://developers.cloudflare.com/durable-objects/best-practices/error-handling). */
function isFaultOfItsCode(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { remote, retryable, overloaded } = error as Readonly<Record<string, unknown>> & Error;
  return remote === true && retryable !== true && overloaded !== true && !PASSES.test(error.message);
}
