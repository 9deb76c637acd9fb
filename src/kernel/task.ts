import type { CancelSignal } from "./cancel.ts";
import type { Clock } from "./clock.ts";
import type { Span } from "./span.ts";

/**
 * Work that stops when `signal` aborts: hand the signal on to everything awaited. `span` is the task's own
 * place in the trace, to hand on as `within`; it is absent when nobody observes.
 */
export type Task<T> = (signal: CancelSignal, span?: Span) => Promise<T>;

/** What every operation of the kernel takes. */
export interface RunOptions {
  /** Aborting it cancels the operation, which then rejects with the signal's reason. */
  readonly signal?: CancelSignal | undefined;
  /** Where time comes from; the system's clock by default. */
  readonly clock?: Clock | undefined;
  /** The span this operation belongs to. Without it nothing is observed, and observing costs nothing. */
  readonly within?: Span | undefined;
}
