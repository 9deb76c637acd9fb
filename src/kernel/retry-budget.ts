import { type Clock, systemClock } from "./clock.ts";

/** How much retrying an upstream bears. */
export interface RetryBudgetOptions {
  /** Retries allowed per call: 0.2 lets one call in five be repeated. */
  readonly ratio: number;
  /** Retries per second that are allowed however few calls there are. */
  readonly minPerSecond: number;
  /** How many unused retries may be kept for later; by default what 10 s of the floor give. */
  readonly max?: number | undefined;
}

/**
 * What retries of many calls may cost together (after Finagle's retry budgets): each call earns a share of a retry,
 * each retry spends a whole one. When an upstream fails altogether, its load grows by `ratio` and no more.
 */
export class RetryBudget {
  readonly #ratio: number;
  readonly #perMs: number;
  readonly #max: number;
  readonly #clock: Clock;
  #balance: number;
  #updatedMs: number;

  constructor({ ratio, minPerSecond, max }: RetryBudgetOptions, clock: Clock = systemClock) {
    const most = max ?? Math.max(1, minPerSecond * 10);
    for (const [name, value] of Object.entries({ ratio, minPerSecond, max: most })) {
      const isFine = value >= 0 && (name === "max" || Number.isFinite(value));
      if (!isFine) throw new RangeError(`Expected \`${name}\` to be ≥ 0, got ${value}`);
    }
    this.#ratio = ratio;
    this.#perMs = minPerSecond / 1000;
    this.#max = most;
    this.#clock = clock;
    this.#balance = Math.min(this.#max, minPerSecond);
    this.#updatedMs = clock.now();
  }

  /** A first attempt was made: earns `ratio` of a retry. */
  earn(): void {
    this.#refill();
    this.#balance = Math.min(this.#max, this.#balance + this.#ratio);
  }

  /** Spends one retry, if there is one to spend. */
  trySpend(): boolean {
    this.#refill();
    // Shares such as 5 × 0.2 must add up to a whole retry in spite of rounding.
    if (this.#balance < 1 - 1e-9) return false;
    this.#balance = Math.max(0, this.#balance - 1);
    return true;
  }

  #refill(): void {
    const nowMs = this.#clock.now();
    const elapsedMs = Math.max(0, nowMs - this.#updatedMs);
    this.#updatedMs = nowMs;
    this.#balance = Math.min(this.#max, this.#balance + elapsedMs * this.#perMs);
  }
}
