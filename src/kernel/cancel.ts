/** Why a task was aborted when no failure and no caller's reason says it: nobody needs its result any more. */
export class CancelledError extends Error {
  override readonly name = "AbortError";
}

/**
 * What tells an operation to stop. An `AbortSignal` is one, and so is a {@link LinkedAbort}'s, which costs far less to
 * make. What takes nothing but the platform's own, as `fetch` does, gets it from {@link toAbortSignal}.
 */
export interface CancelSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: "abort", listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/**
 * Whether `error` is only the echo of an abort of `signal`, and no failure of its own. Platform calls reject with
 * the signal's reason; older code with an `AbortError` of its own.
 */
export function isCancellation(error: unknown, signal: CancelSignal): boolean {
  if (!signal.aborted) return false;
  return error === signal.reason || (error instanceof Error && error.name === "AbortError");
}

/** An abort of one's own that follows a parent's. Dispose it, or its listener stays on the parent. */
export interface LinkedAbort extends Disposable {
  readonly signal: CancelSignal;
  /**
   * @param reason By default, that nobody needs it.
   * @throws What a listener threw, the first of them if several did; all are called before.
   */
  abort(reason?: unknown): void;
}

/**
 * Opens an abort that fires with `parent`'s and can fire alone. (`AbortSignal.any` keeps its memory for as long as
 * the parent lives; this one is free once disposed.)
 */
export function linkAbort(parent?: CancelSignal): LinkedAbort {
  return new Link(parent);
}

/**
 * The platform's form of a signal, made when it is first asked for.
 *
 * @returns The signal itself when it is the platform's already.
 */
export function toAbortSignal(signal: CancelSignal): AbortSignal {
  if (signal instanceof AbortSignal) return signal;
  if (signal instanceof LightSignal) return signal.toAbortSignal();
  throw new TypeError("Expected `signal` to be an AbortSignal or to come from `linkAbort`");
}

/**
 * A signal in plain JavaScript. The platform's is an object on both sides of the language's border, and so is each of
 * its listeners: several microseconds, where a request makes dozens.
 */
class LightSignal implements CancelSignal {
  #aborted = false;
  #reason: unknown;
  #listeners: Set<() => void> | undefined;
  #platform: AbortController | undefined;

  get aborted(): boolean {
    return this.#aborted;
  }

  get reason(): unknown {
    // Made when somebody asks: an error is dear, and most of what is aborted has ended.
    if (this.#aborted && this.#reason === undefined) this.#reason = new CancelledError("Nobody needs it");
    return this.#reason;
  }

  throwIfAborted(): void {
    if (this.#aborted) throw this.reason;
  }

  addEventListener(_type: "abort", listener: () => void): void {
    if (this.#aborted) return; // it fires once, and has
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
  }

  removeEventListener(_type: "abort", listener: () => void): void {
    this.#listeners?.delete(listener);
  }

  toAbortSignal(): AbortSignal {
    if (this.#platform === undefined) {
      this.#platform = new AbortController();
      if (this.#aborted) this.#platform.abort(this.reason);
    }
    return this.#platform.signal;
  }

  abort(reason?: unknown): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    this.#platform?.abort(this.reason);
    let failed: { readonly error: unknown } | undefined;
    // A listener may remove others, which then are not called.
    for (const listener of this.#listeners ?? []) {
      try {
        listener();
      } catch (error) {
        failed ??= { error };
      }
    }
    this.#listeners = undefined;
    if (failed !== undefined) throw failed.error;
  }
}

class Link implements LinkedAbort {
  readonly signal = new LightSignal();
  readonly #parent: CancelSignal | undefined;
  readonly #follow = () => this.signal.abort(this.#parent?.reason);

  constructor(parent: CancelSignal | undefined) {
    this.#parent = parent;
    if (parent?.aborted === true) this.#follow();
    else parent?.addEventListener("abort", this.#follow, { once: true });
  }

  abort(reason?: unknown): void {
    this.signal.abort(reason);
  }

  [Symbol.dispose](): void {
    this.#parent?.removeEventListener("abort", this.#follow);
  }
}

/**
 * Waits for a callback, or for `signal`. Whichever comes first settles the promise, and what the other one left
 * behind is undone.
 *
 * @param start Begins the wait; returns how to undo it, which is called when `signal` wins.
 * @throws The reason of `signal`; then, if it was aborted already, `start` was never called.
 */
export function waitFor<T>(
  signal: CancelSignal | undefined,
  start: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const isAborted = () => signal?.aborted === true;
    if (isAborted()) {
      reject(signal?.reason);
      return;
    }
    let waiting = true;
    const settleWith =
      <A>(settle: (argument: A) => void) =>
      (argument: A) => {
        waiting = false;
        signal?.removeEventListener("abort", onAbort);
        settle(argument);
      };
    const onAbort = () => {
      reject(signal?.reason);
      undo();
    };
    const undo = start(settleWith(resolve), settleWith(reject));
    if (!waiting) return;
    // What `start` calls may have aborted it, and a signal tells nobody who listens later.
    if (isAborted()) onAbort();
    else signal?.addEventListener("abort", onAbort, { once: true });
  });
}
