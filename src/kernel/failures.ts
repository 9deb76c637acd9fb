import type { LinkedAbort } from "./cancel.ts";

const suppressedOf = new WeakMap<object, unknown[]>();

/**
 * The failures that came after `error` while its scope was coming down, in the order they occurred. They did not
 * decide the outcome, and they are not lost.
 */
export function suppressed(error: unknown): readonly unknown[] {
  return (isObject(error) ? suppressedOf.get(error) : undefined) ?? [];
}

/** Keeps a failure in `suppressed` of the error that is thrown in its stead. What is no object cannot carry any. */
export function keepBeside(error: unknown, other: unknown): void {
  if (!isObject(error) || other === error) return;
  const others = suppressedOf.get(error);
  if (others === undefined) suppressedOf.set(error, [other]);
  else if (!others.includes(other)) others.push(other);
}

/** Several failures of one operation, of which the first to occur is the one to throw. */
export class Failures {
  #first: { error: unknown } | undefined;

  /** What to throw: the first failure, with the others in `suppressed` of it. */
  get first(): unknown {
    return this.#first?.error;
  }

  /** Takes one more failure. The same error passing by twice is one failure. */
  add(error: unknown): void {
    if (this.#first === undefined) {
      this.#first = { error };
      return;
    }
    const first = this.#first.error;
    if (error === first) return;
    // What is not an object cannot carry others: an error that quotes it does.
    const carrier = isObject(first) ? first : new Error(`Failed with ${String(first)}`, { cause: first });
    this.#first = { error: carrier };
    keepBeside(carrier, error);
  }

  /** Throws the first failure, if there was any. */
  throwIfAny(): void {
    if (this.#first !== undefined) throw this.#first.error;
  }
}

/**
 * Releases a value that nobody will receive any more, when it is a thing to release: a permit, a connection, an
 * upload. Plain values are dropped. What goes wrong joins `failures`.
 */
export async function discard(value: unknown, failures: Failures): Promise<void> {
  if (!isObject(value)) return;
  const resource = value as Partial<Disposable & AsyncDisposable>;
  const { [Symbol.asyncDispose]: releaseLater, [Symbol.dispose]: releaseNow } = resource;
  try {
    if (releaseLater === undefined) releaseNow?.call(resource);
    else await releaseLater.call(resource);
  } catch (error) {
    failures.add(error);
  }
}

/**
 * Aborts, whatever listeners do: one that throws is a failure like any other, and does not keep those who were told to
 * stop from being waited for.
 */
export function abortAll(abort: LinkedAbort, reason: unknown, failures: Failures): void {
  try {
    abort.abort(reason);
  } catch (error) {
    failures.add(error);
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
