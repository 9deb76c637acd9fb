import { type Backoff, fullJitterMs } from "./backoff.ts";
import { type CancelSignal, isCancellation, linkAbort } from "./cancel.ts";
import { systemClock } from "./clock.ts";
import { expectDuration, expectInteger } from "./expect.ts";
import { Failures, keepBeside } from "./failures.ts";
import { startTask } from "./observe.ts";
import type { RetryBudget } from "./retry-budget.ts";
import { sleep } from "./sleep.ts";
import type { Span } from "./span.ts";
import type { RunOptions } from "./task.ts";

/** When and how often to try again. */
export interface RetryPolicy extends Backoff {
  /** How often at most, the first time included. */
  readonly attempts: number;
  /** No attempt starts later than this after the first; a pause that would end later is not begun. */
  readonly totalMs?: number | undefined;
  /** Whether trying again can help. */
  readonly isRetryable: (error: unknown) => boolean;
  /** How long the other side asked to wait (`Retry-After`), in milliseconds; replaces the computed pause. */
  readonly retryAfterMs?: ((error: unknown) => number | undefined) | undefined;
  /** What all calls that share it may retry together. */
  readonly budget?: RetryBudget | undefined;
  /** Uniform in [0, 1). */
  readonly random?: (() => number) | undefined;
}

/** A task that is told which attempt it is, from 1. */
export type Attempt<T> = (signal: CancelSignal, span: Span | undefined, attempt: number) => Promise<T>;

/**
 * Tries a task until it succeeds, pausing with full jitter.
 *
 * @throws The last failure, the earlier ones in `suppressed(error)`; also when `signal` aborts a pause, for a failure
 *   is what made it pause. The reason of `signal` when it aborts an attempt, with the failures before it beside it.
 */
export async function retry<T>(task: Attempt<T>, policy: RetryPolicy, options: RunOptions = {}): Promise<T> {
  const { signal = linkAbort().signal, clock = systemClock, within } = options;
  const {
    attempts,
    baseMs,
    capMs,
    totalMs,
    isRetryable,
    retryAfterMs,
    budget,
    random = Math.random,
  } = policy;
  expectInteger("attempts", attempts, 1);
  expectDuration("baseMs", baseMs);
  expectDuration("capMs", capMs);
  if (totalMs !== undefined) expectDuration("totalMs", totalMs);
  signal.throwIfAborted();
  const endMs = clock.now() + (totalMs ?? Infinity);
  const earlier: unknown[] = [];
  budget?.earn();

  /** Pauses after a failure. @returns Whether to try again. */
  const pause = async (error: unknown, attempt: number): Promise<boolean> => {
    const askedMs = retryAfterMs?.(error) ?? fullJitterMs(attempt, { baseMs, capMs }, random);
    const pauseMs = Math.max(0, askedMs);
    const mayRetry =
      !signal.aborted &&
      attempt < attempts &&
      clock.now() + pauseMs <= endMs &&
      isRetryable(error) &&
      (budget?.trySpend() ?? true);
    if (mayRetry) await sleep(pauseMs, signal, clock);
    return mayRetry;
  };

  for (let attempt = 1; ; attempt += 1) {
    try {
      const run = (inner: CancelSignal, span?: Span) => task(inner, span, attempt);
      return await startTask(run, `attempt ${attempt}`, signal, within, clock);
    } catch (error) {
      if (isCancellation(error, signal)) {
        for (const failure of earlier) keepBeside(signal.reason, failure);
        throw signal.reason;
      }
      const mayRetry = await pause(error, attempt).catch((fault: unknown) => {
        // The abort of a pause says less than the failure before it; a policy that throws is a failure more.
        if (!isCancellation(fault, signal)) earlier.push(fault);
        return false;
      });
      if (!mayRetry) throw withEarlier(error, earlier);
      earlier.push(error);
    }
  }
}

function withEarlier(error: unknown, earlier: readonly unknown[]): unknown {
  const failures = new Failures();
  for (const failure of [error, ...earlier]) failures.add(failure);
  return failures.first;
}
