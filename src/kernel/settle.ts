import { isCancellation, linkAbort } from "./cancel.ts";
import { systemClock } from "./clock.ts";
import { discard, Failures } from "./failures.ts";
import type { ChildNames } from "./gather.ts";
import { startTask } from "./observe.ts";
import type { RunOptions, Task } from "./task.ts";

/** What became of one task, with its start and end by the operation's clock. */
export type Settled<T> =
  | { readonly ok: true; readonly value: T; readonly startMs: number; readonly endMs: number }
  | { readonly ok: false; readonly error: unknown; readonly startMs: number; readonly endMs: number };

/** One outcome a task, for a tuple of tasks. */
export type SettledAll<T extends readonly Task<unknown>[]> = {
  -readonly [K in keyof T]: T[K] extends Task<infer R> ? Settled<R> : never;
};

/**
 * Runs all tasks at once and lets each come to its own end: a failure touches nobody else.
 *
 * @returns The outcomes in the order of `tasks`.
 * @throws Only the reason of `signal`, when it aborts before the last task has ended; every task has ended then.
 */
export async function settle<const T extends readonly Task<unknown>[]>(
  tasks: T,
  options: RunOptions & ChildNames = {},
): Promise<SettledAll<T>> {
  const { signal = linkAbort().signal, clock = systemClock, names, within } = options;
  signal.throwIfAborted();

  const run = async (task: Task<unknown>, index: number): Promise<Settled<unknown>> => {
    const startMs = clock.now();
    try {
      const value = await startTask(task, names?.[index] ?? String(index), signal, within, clock);
      return { ok: true, value, startMs, endMs: clock.now() };
    } catch (error) {
      return { ok: false, error, startMs, endMs: clock.now() };
    }
  };

  const running: Promise<Settled<unknown>>[] = [];
  for (const [index, task] of tasks.entries()) {
    if (signal.aborted) break;
    running.push(run(task, index));
  }
  const outcomes = await Promise.all(running);
  // Each task's outcome stands at its own index.
  if (!signal.aborted) return outcomes as SettledAll<T>;

  const failures = new Failures();
  failures.add(signal.reason);
  for (const outcome of outcomes) {
    if (outcome.ok) await discard(outcome.value, failures);
    else if (!isCancellation(outcome.error, signal)) failures.add(outcome.error);
  }
  throw signal.reason;
}
