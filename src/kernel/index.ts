/** Structured concurrency: no task outlives the one that started it. Knows nothing of HTTP or of any platform. */
export { type Backoff, fullJitterMs } from "./backoff.ts";
export {
  CancelledError,
  type CancelSignal,
  isCancellation,
  type LinkedAbort,
  linkAbort,
  toAbortSignal,
} from "./cancel.ts";
export { Channel, ChannelClosedError } from "./channel.ts";
export { type Clock, systemClock } from "./clock.ts";
export { every } from "./every.ts";
export { suppressed } from "./failures.ts";
export { firstSuccess, type Stagger } from "./first-success.ts";
export { type ChildNames, gather, type Results } from "./gather.ts";
export { mapConcurrent, type MapOptions, type Source } from "./map-concurrent.ts";
export { observed } from "./observe.ts";
export {
  type ByNext,
  type ByNumber,
  type Page,
  type PagesEnd,
  paginate,
  RepeatedCursorError,
} from "./paginate.ts";
export { queueTimers } from "./queue-timers.ts";
export { type Attempt, retry, type RetryPolicy } from "./retry.ts";
export { RetryBudget, type RetryBudgetOptions } from "./retry-budget.ts";
export { openScope, type Scope, withScope } from "./scope.ts";
export { type Permit, Semaphore } from "./semaphore.ts";
export { type Settled, type SettledAll, settle } from "./settle.ts";
export { type InFlight, type Plain, type Share, shareInFlight } from "./share-in-flight.ts";
export { sleep } from "./sleep.ts";
export type { Observer, Span, SpanEnd } from "./span.ts";
export type { RunOptions, Task } from "./task.ts";
export { TimeoutError, withTimeout } from "./timeout.ts";
export { DeadlockError, VirtualClock } from "./virtual-clock.ts";
