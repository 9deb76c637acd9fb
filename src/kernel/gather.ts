import { CancelledError, isCancellation, linkAbort } from "./cancel.ts";
import { systemClock } from "./clock.ts";
import { abortAll, discard, Failures } from "./failures.ts";
import { startTask } from "./observe.ts";
import type { RunOptions, Task } from "./task.ts";

/** The results of a tuple of tasks. */
export type Results<T extends readonly Task<unknown>[]> = {
  -readonly [K in keyof T]: T[K] extends Task<infer R> ? R : never;
};

/** What {@link gather} and {@link settle} name their children in a trace: by place, unless told. */
export interface ChildNames {
  readonly names?: readonly string[] | undefined;
}

/**
 * Runs all tasks at once. The first failure aborts the others; the call settles when every task has, so none
 * outlives it (after Trio's nurseries). Failures during the others' clean-up are kept in `suppressed(error)`, and
 * results that nobody will receive are released.
 *
 * @returns The results in the order of `tasks`.
 * @throws The first failure; without one, the reason of `signal` when it aborted.
 */
export async function gather<const T extends readonly Task<unknown>[]>(
  tasks: T,
  options: RunOptions & ChildNames = {},
): Promise<Results<T>> {
  const { clock = systemClock, names, within } = options;
  options.signal?.throwIfAborted();
  using abort = linkAbort(options.signal);
  const failures = new Failures();
  const results: unknown[] = Array.from({ length: tasks.length });
  let succeeded = 0;

  const run = async (task: Task<unknown>, index: number) => {
    try {
      results[index] = await startTask(task, names?.[index] ?? String(index), abort.signal, within, clock);
      succeeded += 1;
    } catch (error) {
      if (isCancellation(error, abort.signal)) return;
      failures.add(error);
      abortAll(abort, new CancelledError("A sibling failed", { cause: error }), failures);
    }
  };

  const running: Promise<void>[] = [];
  for (const [index, task] of tasks.entries()) {
    if (abort.signal.aborted) break;
    running.push(run(task, index));
  }
  await Promise.all(running);

  // Each task put its own result at its own index.
  if (succeeded === tasks.length) return results as Results<T>;
  for (const value of results) await discard(value, failures);
  failures.throwIfAny();
  throw abort.signal.reason;
}
