import type { Clock } from "./clock.ts";
import { expectDuration } from "./expect.ts";

/** A promise can no longer settle: nothing is left to run, and no timer is set. */
export class DeadlockError extends Error {
  override readonly name = "DeadlockError";

  constructor(nowMs: number) {
    super(`Deadlock at ${nowMs} ms: the promise is pending, and no timer is set that could settle it`);
  }
}

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

/**
 * A clock that stands still until it is moved, for tests and simulations. Timers run in order of time, and one at a
 * time: everything that a timer sets off (promise callbacks included) has run before the next one does.
 */
export class VirtualClock implements Clock {
  readonly #pick: (count: number) => number;
  readonly #timers = new Set<Timer>();
  #nowMs = 0;

  /**
   * @param pick Chooses which of `count` timers of one instant runs next, as an index; by default the one that was
   *   set first. Choosing otherwise, at random or in every way there is, explores interleavings.
   */
  constructor(pick: (count: number) => number = () => 0) {
    this.#pick = pick;
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#nowMs;
  }

  setTimer(callback: () => void, ms: number): () => void {
    expectDuration("ms", ms);
    const timer: Timer = { atMs: this.#nowMs + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Moves on by `ms`, running the timers on the way. */
  async advance(ms: number): Promise<void> {
    expectDuration("ms", ms);
    const untilMs = this.#nowMs + ms;
    await macrotask();
    while (this.#fireNext(untilMs)) await macrotask();
    this.#nowMs = untilMs;
  }

  /**
   * Moves on for as long as `promise` needs.
   *
   * @throws {DeadlockError} When it needs something that cannot come. What the promise rejects with.
   */
  async run<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const watch = promise.then(
      () => (settled = true),
      () => (settled = true),
    );
    for (;;) {
      await Promise.race([macrotask(), watch]);
      if (settled) return await promise;
      if (!this.#fireNext(Infinity)) throw new DeadlockError(this.#nowMs);
    }
  }

  #fireNext(untilMs: number): boolean {
    let due: Timer[] = [];
    for (const timer of this.#timers) {
      if (timer.atMs > untilMs || timer.atMs > (due[0]?.atMs ?? Infinity)) continue;
      if (timer.atMs < (due[0]?.atMs ?? Infinity)) due = [];
      due.push(timer);
    }
    const timer = due.length > 1 ? due[this.#pick(due.length)] : due[0];
    if (timer === undefined) return false;
    this.#timers.delete(timer);
    this.#nowMs = timer.atMs;
    timer.callback();
    return true;
  }
}

/** Resolves when every promise callback that is ready, and every one that these make ready, has run. */
function macrotask(): Promise<void> {
  // Faster than a timer, where there is one.
  const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => unknown };
  return new Promise((resolve) => {
    if (setImmediate === undefined) setTimeout(resolve, 0);
    else setImmediate(resolve);
  });
}
