import { type CancelSignal, waitFor } from "./cancel.ts";
import { expectInteger } from "./expect.ts";

/** A share of a semaphore. Disposing it gives it back, once; later calls do nothing. */
export interface Permit extends Disposable {
  readonly weight: number;
}

interface Waiter {
  readonly weight: number;
  readonly grant: (permit: Permit) => void;
}

/**
 * Bounds how much runs at once. First come, first served: a small request never overtakes a large one that waits.
 *
 * ```ts
 * using permit = await connections.acquire(signal);
 * ```
 */
export class Semaphore {
  readonly permits: number;
  #available: number;
  readonly #waiters = new Set<Waiter>();

  /** @throws {RangeError} When `permits` is not an integer ≥ 1. */
  constructor(permits: number) {
    expectInteger("permits", permits, 1);
    this.permits = permits;
    this.#available = permits;
  }

  /** Permits that nobody holds. */
  get available(): number {
    return this.#available;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /**
   * Waits for `weight` permits. A caller whose signal aborts leaves the queue, and those behind move up.
   *
   * @throws {RangeError} When `weight` is not an integer from 1 to all permits. The reason of `signal`.
   */
  async acquire(signal?: CancelSignal, weight = 1): Promise<Permit> {
    this.#expectWeight(weight);
    return await waitFor<Permit>(signal, (resolve) => {
      const waiter: Waiter = { weight, grant: resolve };
      this.#waiters.add(waiter);
      this.#grantInTurn();
      return () => {
        this.#waiters.delete(waiter);
        this.#grantInTurn();
      };
    });
  }

  /** Takes `weight` permits if they are free and nobody waits for them. */
  tryAcquire(weight = 1): Permit | undefined {
    this.#expectWeight(weight);
    return this.#waiters.size === 0 && weight <= this.#available ? this.#take(weight) : undefined;
  }

  #grantInTurn(): void {
    for (const waiter of this.#waiters) {
      if (waiter.weight > this.#available) return;
      this.#waiters.delete(waiter);
      waiter.grant(this.#take(waiter.weight));
    }
  }

  #take(weight: number): Permit {
    this.#available -= weight;
    let held = true;
    return {
      weight,
      [Symbol.dispose]: () => {
        if (!held) return;
        held = false;
        this.#available += weight;
        this.#grantInTurn();
      },
    };
  }

  #expectWeight(weight: number): void {
    if (!(Number.isSafeInteger(weight) && weight >= 1 && weight <= this.permits)) {
      throw new RangeError(`Expected \`weight\` to be an integer from 1 to ${this.permits}, got ${weight}`);
    }
  }
}
