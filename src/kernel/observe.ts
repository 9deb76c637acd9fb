import { type CancelSignal, isCancellation } from "./cancel.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Observer, Span } from "./span.ts";
import type { Task } from "./task.ts";

/** Runs a task as the root of a trace; hand its span on as `within`. */
export async function observed<T>(
  observer: Observer,
  name: string,
  task: Task<T>,
  signal: CancelSignal,
  clock: Clock = systemClock,
): Promise<T> {
  return await traced(observer, undefined, name, task, signal, clock);
}

/**
 * Starts a task as a child of `within`; without one, just starts it.
 *
 * @throws What the task throws before it has a promise.
 */
export function startTask<T>(
  task: Task<T>,
  name: string,
  signal: CancelSignal,
  within: Span | undefined,
  clock: Clock,
): Promise<T> {
  if (within === undefined) return task(signal);
  return traced(within.observer, within, name, task, signal, clock);
}

async function traced<T>(
  observer: Observer,
  parent: Span | undefined,
  name: string,
  task: Task<T>,
  signal: CancelSignal,
  clock: Clock,
): Promise<T> {
  const span: Span = { name, parent, startMs: clock.now(), observer };
  observer.onStart?.(span);
  try {
    const value = await task(signal, span);
    observer.onEnd?.(span, { endMs: clock.now(), outcome: "ok" });
    return value;
  } catch (error) {
    const outcome = isCancellation(error, signal) ? "cancelled" : "failed";
    observer.onEnd?.(span, { endMs: clock.now(), outcome, error });
    throw error;
  }
}
