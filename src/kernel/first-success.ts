import { CancelledError, isCancellation, linkAbort } from "./cancel.ts";
import { systemClock } from "./clock.ts";
import { expectDuration } from "./expect.ts";
import { abortAll, discard, Failures, keepBeside } from "./failures.ts";
import type { ChildNames } from "./gather.ts";
import { startTask } from "./observe.ts";
import type { RunOptions, Task } from "./task.ts";

/** How {@link firstSuccess} starts its tasks. */
export interface Stagger {
  /**
   * How long a task has for itself before the next one starts beside it, in milliseconds; a failure starts the next
   * at once. Without it all start together.
   */
  readonly staggerMs?: number | undefined;
}

/**
 * Runs tasks until one succeeds; the others are aborted and awaited. With a stagger this is a hedged request (Dean
 * and Barroso, The Tail at Scale) or happy eyeballs (RFC 8305).
 *
 * @returns The first result to arrive. One that arrives later is released if it is disposable.
 * @throws {AggregateError} When all have failed: every cause, in the order of `tasks`. The reason of `signal` when
 *   it aborts before a success, with what failed until then in `suppressed` of it. {@link RangeError} when there is no
 *   task.
 */
export async function firstSuccess<T>(
  tasks: readonly Task<T>[],
  options: RunOptions & ChildNames & Stagger = {},
): Promise<T> {
  const { clock = systemClock, names, staggerMs, within } = options;
  if (tasks.length === 0) throw new RangeError("Expected `tasks` to hold at least one task, got none");
  if (staggerMs !== undefined) expectDuration("staggerMs", staggerMs);
  options.signal?.throwIfAborted();
  using abort = linkAbort(options.signal);

  const errors: unknown[] = [];
  const releasing = new Failures();
  let failed = 0;
  let winner: { readonly value: T } | undefined;
  let cancelTimer: (() => void) | undefined;
  const running: Promise<void>[] = [];

  const run = async (task: Task<T>, index: number) => {
    try {
      const value = await startTask(task, names?.[index] ?? String(index), abort.signal, within, clock);
      if (winner !== undefined) return await discard(value, releasing);
      winner = { value };
      abortAll(abort, new CancelledError("Another task succeeded first"), releasing);
    } catch (error) {
      if (isCancellation(error, abort.signal)) return;
      errors[index] = error;
      failed += 1;
      startNext();
    }
  };

  const startNext = () => {
    cancelTimer?.();
    const task = tasks[running.length];
    if (task === undefined || abort.signal.aborted) return;
    running.push(run(task, running.length));
    if (staggerMs !== undefined) cancelTimer = clock.setTimer(startNext, staggerMs);
  };

  startNext();
  while (staggerMs === undefined && running.length < tasks.length && !abort.signal.aborted) startNext();
  // `running` grows while it is awaited.
  for (let index = 0; index < running.length; index += 1) await running[index];
  cancelTimer?.();

  if (winner !== undefined) return winner.value;
  if (failed === tasks.length) throw new AggregateError(errors, `All ${tasks.length} tasks failed`);
  const { reason } = abort.signal;
  // Not of those that were cancelled, which have left a hole.
  errors.forEach((error) => keepBeside(reason, error));
  throw reason;
}
