import { isCancellation, linkAbort } from "./cancel.ts";
import { systemClock } from "./clock.ts";
import { expectDuration } from "./expect.ts";
import { abortAll, discard, Failures } from "./failures.ts";
import { startTask } from "./observe.ts";
import type { RunOptions, Task } from "./task.ts";

/** Work took longer than it was given. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";
  /** What it was given, in milliseconds. */
  readonly limitMs: number;

  constructor(limitMs: number) {
    super(`Timed out after ${limitMs} ms`);
    this.limitMs = limitMs;
  }
}

/**
 * Gives a task `ms` milliseconds. When they are over the task is aborted, and its clean-up awaited: a task that
 * ignores its signal holds the caller. A result that comes too late is released if it is disposable.
 *
 * @throws {TimeoutError} When the time was over first; failures of the clean-up are in `suppressed(error)`. Else
 *   what the task throws, or the reason of `signal`.
 */
export async function withTimeout<T>(task: Task<T>, ms: number, options: RunOptions = {}): Promise<T> {
  const { clock = systemClock, within } = options;
  expectDuration("ms", ms);
  options.signal?.throwIfAborted();
  const abort = linkAbort(options.signal);
  // Made when the time is over, and not before: an error is dear, and most work is in time.
  let hasTimedOut = false;
  const failures = new Failures();
  const cancelTimer = clock.setTimer(() => {
    if (abort.signal.aborted) return;
    hasTimedOut = true;
    const timeout = new TimeoutError(ms);
    failures.add(timeout);
    abortAll(abort, timeout, failures);
  }, ms);
  const isInTime = () => !hasTimedOut;
  try {
    const value = await startTask(task, "withTimeout", abort.signal, within, clock);
    if (isInTime()) return value;
    await discard(value, failures);
  } catch (error) {
    if (!isCancellation(error, abort.signal)) failures.add(error);
    failures.throwIfAny();
    throw abort.signal.reason;
  } finally {
    cancelTimer();
    abort[Symbol.dispose]();
  }
  throw failures.first;
}
