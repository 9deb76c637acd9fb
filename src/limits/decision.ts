import type { Standing } from "./ledger.ts";
import type { Reservation } from "./place.ts";
import type { SavedLimiter } from "./saved-limiter.ts";

/** How a key stands after a decision. */
export interface Standings {
  /** The policy that binds. */
  readonly policy: string;
  /** Of every policy of the set, in its order. */
  readonly standings: readonly Standing[];
}

/** May not go now. */
export interface Denied extends Standings {
  readonly state: "denied";
  readonly reason: "exhausted" | "too-long" | "queue-full";
  /** When the same would be allowed, if nobody else came. */
  readonly retryAfterMs: number;
}

/** May go. */
export interface Granted extends Standings {
  readonly state: "granted";
}

/** May go, and has tokens to spend until a time. */
export interface Leased extends Standings {
  readonly state: "leased";
  /** Beyond the cost that was asked for; 0 makes it a mere grant. */
  readonly extra: number;
}

/** Stays in the queue until its turn. */
export interface Waiting {
  readonly state: "waiting";
  readonly dueMs: number;
}

/** Has a place and need not stay: it is kept for whoever comes back with its id. */
export interface Reserved extends Reservation {
  readonly state: "reserved";
}

/** Someone's wish to wait. */
export interface WaitRequest {
  /** Names the place from now on. */
  readonly id: string;
  readonly cost: number;
  /** Shorter than the policies', if the caller is in a hurry. */
  readonly maxWaitMs?: number | undefined;
}

/** Someone's wish for tokens in advance. */
export interface LeaseRequest {
  readonly id: string;
  /** What is needed now. */
  readonly cost: number;
  /** What would be welcome beyond it. */
  readonly extra: number;
  readonly forMs: number;
}

/**
 * Decides who may go, for one key under a set of policies. `nowMs` is a whole number from a clock that may jump: when
 * it jumps back, everything here jumps with it, so that nobody is locked out and nothing is refilled. No cost may be
 * above a capacity; `costFault` tells.
 */
export interface Limiter {
  tryTake(nowMs: number, cost: number): Granted | Denied;
  /** Enters the queue, unless it may go at once or would wait too long. */
  wait(nowMs: number, request: WaitRequest): Granted | Denied | Waiting | Reserved;
  /** Comes back for a reserved place, to stay; `undefined` when there is none by this id. */
  claim(nowMs: number, id: string): Granted | Waiting | Reserved | undefined;
  /** Leaves the queue; everyone behind moves up. @returns Whether there was a place to leave. */
  cancel(nowMs: number, id: string): boolean;
  lease(nowMs: number, request: LeaseRequest): Leased | Denied;
  giveBack(nowMs: number, id: string, unused: number): void;
  /** Lets time pass: grants what is due. */
  advance(nowMs: number): void;
  /** Those who stayed and whose turn has come since this was asked last, in order. */
  granted(): readonly string[];
  /** When time must pass next for somebody who stays; `undefined` when nobody does. */
  dueMs(): number | undefined;
  look(nowMs: number): Standings & { readonly waiting: number; readonly held: number };
  /** When all buckets are full and nobody holds or waits for anything. */
  idleAtMs(): number;
  /** Grows with all that has to be stored. */
  changes(): number;
  save(): SavedLimiter;
}
