/** Why a task was aborted when no failure and no caller's reason says it: nobody needs its result any more. */
export class CancelledError extends Error {
  override readonly name = "AbortError";
}

/**
 * Whether `error` is only the echo of an abort of `signal`, and no failure of its own. Platform calls reject with
 * the signal's reason; older code with an `AbortError` of its own.
 */
export function isCancellation(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted) return false;
  return error === signal.reason || (error instanceof Error && error.name === "AbortError");
}

/** An abort of one's own that follows a parent's. Dispose it, or its listener stays on the parent. */
export interface LinkedAbort extends Disposable {
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
}

/**
 * Opens an abort that fires with `parent`'s and can fire alone. (`AbortSignal.any` keeps its memory for as long as
 * the parent lives; this one is free once disposed.)
 */
export function linkAbort(parent?: AbortSignal): LinkedAbort {
  const controller = new AbortController();
  const follow = () => controller.abort(parent?.reason);
  if (parent?.aborted === true) follow();
  else parent?.addEventListener("abort", follow, { once: true });
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    [Symbol.dispose]: () => parent?.removeEventListener("abort", follow),
  };
}

/**
 * Waits for a callback, or for `signal`. Whichever comes first settles the promise, and what the other one left
 * behind is undone.
 *
 * @param start Begins the wait; returns how to undo it, which is called when `signal` wins.
 * @throws The reason of `signal`; then, if it was aborted already, `start` was never called.
 */
export function waitFor<T>(
  signal: AbortSignal | undefined,
  start: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason as Error);
      return;
    }
    let waiting = true;
    const settleWith =
      <A>(settle: (argument: A) => void) =>
      (argument: A) => {
        waiting = false;
        signal?.removeEventListener("abort", onAbort);
        settle(argument);
      };
    const onAbort = () => {
      undo();
      reject(signal?.reason as Error);
    };
    const undo = start(settleWith(resolve), settleWith(reject));
    if (waiting) signal?.addEventListener("abort", onAbort, { once: true });
  });
}
