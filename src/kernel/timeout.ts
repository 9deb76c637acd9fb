import { isCancellation, linkAbort } from "./cancel.ts";
import { systemClock } from "./clock.ts";
import { expectDuration } from "./expect.ts";
import { discard, Failures } from "./failures.ts";
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
  using abort = linkAbort(options.signal);
  const timeout = new TimeoutError(ms);
  const cancelTimer = clock.setTimer(() => abort.abort(timeout), ms);
  const failures = new Failures();
  try {
    const value = await startTask(task, "withTimeout", abort.signal, within, clock);
    if (abort.signal.reason !== timeout) return value;
    failures.add(timeout);
    await discard(value, failures);
  } catch (error) {
    if (abort.signal.reason === timeout) failures.add(timeout);
    if (!isCancellation(error, abort.signal)) failures.add(error);
    failures.throwIfAny();
    throw abort.signal.reason;
  } finally {
    cancelTimer();
  }
  throw timeout;
}
