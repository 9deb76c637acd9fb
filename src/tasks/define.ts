import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Backoff } from "#kernel";
import type { TaskContext, TaskServices } from "./context.ts";
import type { JsonValue } from "./json.ts";

/** How tasks of one type are run. Every member has a default: see `DEFAULT_POLICY`. */
export interface TaskPolicy {
  /** How often at most a task is tried, the first time included. */
  readonly attempts: number;
  /** How long to wait between two attempts, with full jitter; a {@link RetryAfterError} says better. */
  readonly backoff: Backoff;
  /** How long an attempt may take; 14 minutes at most. */
  readonly timeoutMs: number;
  /** So many may start in that time, all workers together. */
  readonly rate?: { readonly count: number; readonly perMs: number } | undefined;
  /** So many may run at once, all workers together; with `concurrencyKey`, so many of each key. */
  readonly concurrency?: number | undefined;
  /** What has not started so long after it was due expires. */
  readonly startWithinMs?: number | undefined;
  /** How long a task is kept once it has ended. */
  readonly retentionMs: number;
}

/** What of a policy is not said. */
export const DEFAULT_POLICY: TaskPolicy = {
  attempts: 5,
  backoff: { baseMs: 1_000, capMs: 300_000 },
  timeoutMs: 60_000,
  retentionMs: 7 * 86_400_000,
};

/** A type of task as it is declared. */
export interface TaskOptions<S extends StandardSchemaV1> extends Partial<TaskPolicy> {
  /** Checks payloads when they are enqueued, and again when they are run, for a deploy may lie between. */
  readonly payload: S;
  /**
   * Does the work.
   *
   * @returns The result: anything that JSON can say, `undefined` for none.
   * @throws What makes the attempt fail: {@link NotRetryableError} for good, {@link RetryAfterError} for a time;
   *   anything else is tried again by the policy.
   */
  handle(context: TaskContext<StandardSchemaV1.InferOutput<S>>): Promise<unknown>;
  /** What `concurrency` is counted by, such as the host of an address. */
  concurrencyKey?(payload: StandardSchemaV1.InferOutput<S>): string;
  /**
   * Puts away what attempts left behind, by the record that they saved, when the task has ended without success and
   * its handler is no more. May be called more than once.
   */
  cleanUp?(record: JsonValue, services: TaskServices): Promise<void>;
}

/** A type of task, for the configuration. Its functions are called with payloads that have passed its schema. */
export interface TaskType extends Partial<TaskPolicy> {
  readonly name: string;
  readonly payload: StandardSchemaV1;
  handle(context: TaskContext<unknown>): Promise<unknown>;
  concurrencyKey?(payload: unknown): string;
  cleanUp?(record: JsonValue, services: TaskServices): Promise<void>;
}

/**
 * Declares a type of task. A handler that needs a binding gets it by closure: `makeThumbnail(env.IMAGES)` returns one.
 *
 * ```ts
 * const greet = task("greet", {
 *   payload: z.object({ name: z.string() }),
 *   handle: async ({ payload }) => `Hello ${payload.name}`,
 * });
 * ```
 */
export function task<S extends StandardSchemaV1>(name: string, options: TaskOptions<S>): TaskType {
  return { name, ...options };
}

/** Fails a task for good: trying again cannot help. */
export class NotRetryableError extends Error {
  override readonly name = "NotRetryableError";
}

/** Fails an attempt; the next is not before the other side wants it (`Retry-After`). */
export class RetryAfterError extends Error {
  override readonly name = "RetryAfterError";
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}
