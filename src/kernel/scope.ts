import { CancelledError, type CancelSignal, isCancellation, linkAbort } from "./cancel.ts";
import { systemClock } from "./clock.ts";
import { abortAll, discard, Failures } from "./failures.ts";
import { startTask } from "./observe.ts";
import type { RunOptions, Task } from "./task.ts";

/** A place for tasks that run beside the main one, and end with it. */
export interface Scope extends AsyncDisposable {
  /** Aborts when the scope is left, when a child fails, and when the parent's signal aborts. */
  readonly signal: CancelSignal;
  /** How many children run. */
  readonly size: number;
  /**
   * Starts a child. Its failure aborts the scope and everyone in it.
   *
   * @returns The child's result, for whoever wants it; it need not be awaited.
   * @throws {TypeError} When the scope was left. A scope that is coming down rejects with its reason and starts
   *   nothing.
   */
  spawn<T>(name: string, task: Task<T>): Promise<T>;
  /** Waits for all children to end by themselves. @throws The first failure. */
  join(): Promise<void>;
}

/**
 * Opens a scope: `await using scope = openScope({ signal })`. Leaving the block cancels what still runs and waits
 * for it; a child's failure is thrown there.
 *
 * JavaScript joins the failure of a block and that of its leaving into a `SuppressedError`. Use {@link withScope}
 * to get the first failure itself.
 */
export function openScope(options: RunOptions = {}): Scope {
  return new OpenScope(options);
}

/**
 * Runs `body` with a scope of its own. Settles when the body and every child have; what still runs when the body
 * ends is cancelled.
 *
 * @throws The first failure, be it the body's or a child's, the others in `suppressed(error)`; without a failure,
 *   the reason of `signal` when the body threw it.
 */
export async function withScope<T>(body: (scope: Scope) => Promise<T>, options: RunOptions = {}): Promise<T> {
  options.signal?.throwIfAborted();
  const scope = new OpenScope(options);
  let result: T | undefined;
  let cancellation: { readonly reason: unknown } | undefined;
  try {
    result = await body(scope);
  } catch (error) {
    if (isCancellation(error, scope.signal)) cancellation = { reason: error };
    else scope.failures.add(error);
  }
  // A result that nobody will receive is released.
  await scope[Symbol.asyncDispose]().catch(async () => await discard(result, scope.failures));
  scope.failures.throwIfAny();
  if (cancellation !== undefined) throw cancellation.reason;
  return result as T; // The body returned it.
}

class OpenScope implements Scope {
  readonly failures = new Failures();
  readonly #abort;
  readonly #children = new Set<Promise<unknown>>();
  readonly #options: RunOptions;
  #left = false;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#abort = linkAbort(options.signal);
  }

  get signal(): CancelSignal {
    return this.#abort.signal;
  }

  get size(): number {
    return this.#children.size;
  }

  spawn<T>(name: string, task: Task<T>): Promise<T> {
    if (this.#left) throw new TypeError(`Cannot spawn \`${name}\`: its scope was left`);
    const child = this.#run(name, task);
    const settled = child
      .then(
        () => undefined,
        () => undefined, // `#run` has noted the failure
      )
      .finally(() => this.#children.delete(settled));
    this.#children.add(settled);
    return child;
  }

  async join(): Promise<void> {
    while (this.#children.size > 0) await Promise.all(this.#children);
    this.failures.throwIfAny();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#left) return;
    this.#left = true;
    abortAll(this.#abort, new CancelledError("The scope was left"), this.failures);
    try {
      await this.join();
    } finally {
      this.#abort[Symbol.dispose]();
    }
  }

  async #run<T>(name: string, task: Task<T>): Promise<T> {
    const { clock = systemClock, within } = this.#options;
    this.signal.throwIfAborted();
    try {
      return await startTask(task, name, this.signal, within, clock);
    } catch (error) {
      if (!isCancellation(error, this.signal)) {
        this.failures.add(error);
        abortAll(this.#abort, new CancelledError(`\`${name}\` failed`, { cause: error }), this.failures);
      }
      throw error;
    }
  }
}
