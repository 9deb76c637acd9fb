import type { PolicySet } from "../../src/limits/policy.ts";

/** What the longest stay and the time that a reservation is kept are, said once more: the model shares no code. */
const LONGEST_STAY_MS = 2_000;
const GRACE_MS = 5_000;

interface Held {
  readonly id: string;
  readonly tokens: number;
  left: number;
  readonly expiresMs: number;
}

interface Waiter {
  readonly id: string;
  readonly cost: number;
  /** Of a waiter who went away and will come back. */
  notBeforeMs: number | undefined;
}

/** Something was taken: a grant, or a token of a lease when it was used. */
export interface Use {
  readonly atMs: number;
  readonly tokens: number;
}

/** What the model says of a wish. Times are counted from now. */
export interface Verdict {
  readonly state: "granted" | "denied" | "waiting" | "reserved" | "leased";
  readonly reason?: "exhausted" | "too-long" | "queue-full";
  readonly inMs?: number;
  readonly extra?: number;
}

/**
 * A limiter that could not be simpler: buckets that are filled a millisecond at a time, a queue whose head is looked at
 * every millisecond. A token is `perMs` drops, and `tokens` drops fall a millisecond, so that all is whole.
 */
export class BruteForce {
  nowMs = 0;
  readonly uses: Use[] = [];
  granted: string[] = [];
  #drops: number[];
  #leases: Held[] = [];
  #queue: Waiter[] = [];
  #kept = new Map<string, number>();
  readonly #set: PolicySet;

  constructor(set: PolicySet) {
    this.#set = set;
    this.#drops = set.map(({ capacity, refill }) => capacity * refill.perMs);
  }

  get waiting(): number {
    return this.#queue.length;
  }

  get held(): number {
    return this.#leases.reduce((sum, { tokens }) => sum + tokens, 0);
  }

  get remaining(): readonly number[] {
    return this.#set.map(({ refill }, index) =>
      this.#queue.length > 0 ? 0 : Math.floor((this.#drops[index] ?? 0) / refill.perMs),
    );
  }

  /** Leases with something left to use, and places to come back to. */
  get leases(): readonly string[] {
    return this.#leases.filter(({ left }) => left > 0).map(({ id }) => id);
  }

  get places(): readonly string[] {
    return [...this.#queue.map(({ id }) => id), ...this.#kept.keys()];
  }

  /** Whether a waiter has been there all the time. */
  stays(id: string): boolean {
    return this.#queue.some((waiter) => waiter.id === id && waiter.notBeforeMs === undefined);
  }

  pass(ms: number): void {
    for (let passed = 0; passed < ms; passed += 1) {
      if (this.#isIdle()) {
        this.nowMs += ms - passed;
        return;
      }
      this.#tick();
    }
  }

  tryTake(cost: number): Verdict {
    if (this.#queue.length > 0 || !this.#fits(cost)) return this.#deny("exhausted", cost);
    this.#take(cost);
    return { state: "granted" };
  }

  wait(id: string, cost: number, maxWaitMs: number): Verdict {
    if (this.#queue.length === 0 && this.#fits(cost)) return this.tryTake(cost);
    const inMs = this.#turnInMs({ id, cost, notBeforeMs: undefined });
    const [most] = this.#set.map((policy) => policy.maxWaitMs).toSorted((a, b) => a - b);
    if (inMs > Math.min(maxWaitMs, most ?? 0)) return this.#deny("too-long", cost);
    if (this.#set.some(({ maxWaiters }) => this.#queue.length >= maxWaiters)) {
      return this.#deny("queue-full", cost);
    }
    const stays = inMs <= LONGEST_STAY_MS;
    this.#queue.push({ id, cost, notBeforeMs: stays ? undefined : this.nowMs + inMs });
    return { state: stays ? "waiting" : "reserved", inMs };
  }

  claim(id: string): Verdict | undefined {
    if (this.#kept.delete(id)) return { state: "granted" };
    const waiter = this.#queue.find((one) => one.id === id);
    if (waiter === undefined) return undefined;
    waiter.notBeforeMs = undefined;
    const inMs = this.#turnInMs(waiter);
    const stays = inMs <= LONGEST_STAY_MS;
    if (!stays) waiter.notBeforeMs = this.nowMs + inMs;
    this.#serve();
    if (this.#queue.includes(waiter)) return { state: stays ? "waiting" : "reserved", inMs };
    this.granted = this.granted.filter((other) => other !== id);
    return { state: "granted" };
  }

  cancel(id: string): boolean {
    const left = this.#queue.filter((waiter) => waiter.id !== id);
    const isThere = left.length < this.#queue.length;
    this.#queue = left;
    this.#serve();
    return isThere;
  }

  lease(id: string, cost: number, extra: number, forMs: number): Verdict {
    const verdict = this.tryTake(cost);
    if (verdict.state === "denied") return verdict;
    const half = Math.min(...this.remaining.map((remaining) => Math.floor(remaining / 2)));
    const tokens = Math.min(extra, half);
    if (tokens > 0) {
      this.#drops = this.#drops.map((drops, index) => drops - tokens * this.#perMs(index));
      this.#leases.push({ id, tokens, left: tokens, expiresMs: this.nowMs + forMs });
    }
    return { state: "leased", extra: tokens };
  }

  /** Uses a token of a lease, as its holder does without telling anybody. */
  use(id: string): void {
    const lease = this.#leases.find((one) => one.id === id);
    if (lease === undefined || lease.left === 0) throw new Error(`Nothing is left of ${id}`);
    lease.left -= 1;
    this.uses.push({ atMs: this.nowMs, tokens: 1 });
  }

  /** @returns How many tokens the holder gave back. */
  giveBack(id: string): number {
    const lease = this.#leases.find((one) => one.id === id);
    if (lease === undefined) return 0;
    this.#leases = this.#leases.filter((one) => one !== lease);
    this.#drops = this.#drops.map((drops, index) => drops + lease.left * this.#perMs(index));
    this.#serve();
    return lease.left;
  }

  /** Forgets those who stayed: the object that knew them is gone. */
  evict(): void {
    this.#queue = this.#queue.filter(({ notBeforeMs }) => notBeforeMs !== undefined);
  }

  #tick(): void {
    this.nowMs += 1;
    const { held } = this;
    this.#drops = this.#drops.map((drops, index) =>
      Math.min(this.#most(index) - held * this.#perMs(index), drops + (this.#set[index]?.refill.tokens ?? 0)),
    );
    this.#leases = this.#leases.filter(({ expiresMs }) => expiresMs > this.nowMs);
    for (const [id, expiresMs] of this.#kept) if (expiresMs < this.nowMs) this.#kept.delete(id);
    this.#serve();
  }

  #serve(): void {
    for (let [head] = this.#queue; head !== undefined; [head] = this.#queue) {
      const { id, cost, notBeforeMs } = head;
      if (!this.#fits(cost) || (notBeforeMs ?? 0) > this.nowMs) return;
      this.#queue.shift();
      this.#take(cost);
      if (notBeforeMs === undefined) this.granted.push(id);
      else this.#kept.set(id, notBeforeMs + GRACE_MS);
    }
  }

  /** When a waiter of the queue, or one who came now, would be served if nothing else happened. */
  #turnInMs(waiter: Waiter): number {
    const future = new BruteForce(this.#set);
    future.nowMs = this.nowMs;
    future.#drops = this.#drops;
    future.#leases = this.#leases;
    const place = this.#queue.indexOf(waiter);
    future.#queue = place === -1 ? [...this.#queue, waiter] : this.#queue.slice(0, place + 1);
    for (future.#serve(); future.#queue.length > 0;) future.#tick();
    return future.nowMs - this.nowMs;
  }

  #deny(reason: NonNullable<Verdict["reason"]>, cost: number): Verdict {
    return { state: "denied", reason, inMs: this.#turnInMs({ id: "", cost, notBeforeMs: undefined }) };
  }

  #fits(cost: number): boolean {
    return this.#drops.every((drops, index) => drops >= cost * this.#perMs(index));
  }

  #take(cost: number): void {
    this.#drops = this.#drops.map((drops, index) => drops - cost * this.#perMs(index));
    this.uses.push({ atMs: this.nowMs, tokens: cost });
  }

  #isIdle(): boolean {
    const isFull = this.#drops.every((drops, index) => drops === this.#most(index));
    return isFull && this.#queue.length + this.#leases.length + this.#kept.size === 0;
  }

  #perMs(index: number): number {
    return this.#set[index]?.refill.perMs ?? 0;
  }

  #most(index: number): number {
    return (this.#set[index]?.capacity ?? 0) * this.#perMs(index);
  }
}
