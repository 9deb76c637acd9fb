import type { CancelSignal } from "#kernel";
import type { Denied, Granted, Leased, LeaseRequest, Standings, WaitRequest } from "./decision.ts";
import type { PolicySet } from "./policy.ts";

/** The limiter of one key, wherever it is. Everything may fail, as calls to elsewhere do. */
export interface LimiterStub {
  take(set: PolicySet, cost: number): Promise<Granted | Denied>;
  lease(set: PolicySet, request: LeaseRequest): Promise<Leased | Denied>;
  giveBack(set: PolicySet, id: string, unused: number): Promise<void>;
  /** Waits in the queue, or for as long as it takes to be told to come back. Leaves when `signal` aborts. */
  wait(message: WaitMessage, signal: CancelSignal): Promise<WaitAnswer>;
  /** Leaves a place that was reserved. */
  cancel(set: PolicySet, id: string): Promise<void>;
  look(set: PolicySet): Promise<LimiterView>;
}

/** What is asked of a limiter by someone who waits. */
export interface WaitMessage {
  readonly set: PolicySet;
  readonly request: WaitRequest;
  /** Whether it is for a place that was reserved before. */
  readonly returns: boolean;
}

/** What someone who waits is answered; a place to come back to has its time counted from now. */
export type WaitAnswer = Granted | Denied | { readonly state: "reserved"; readonly inMs: number };

/** How a key stands. */
export interface LimiterView extends Standings {
  /** How many wait. */
  readonly waiting: number;
  /** How many tokens are on lease. */
  readonly held: number;
}
