import { type CancelSignal, isCancellation } from "./cancel.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Task } from "./task.ts";

/** Is told of every task that runs within one of its spans. Must not throw. */
export interface Observer {
  onStart?(span: Span): void;
  onEnd?(span: Span, end: SpanEnd): void;
}

/** One task's place in a trace. */
export interface Span {
  readonly name: string;
  readonly parent: Span | undefined;
  /** By the clock of the operation. */
  readonly startMs: number;
  readonly observer: Observer;
}

/** How a span ended. A cancelled task did not fail: its result was not needed any more. */
export type SpanEnd =
  | { readonly endMs: number; readonly outcome: "ok" }
  | { readonly endMs: number; readonly outcome: "failed" | "cancelled"; readonly error: unknown };

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
