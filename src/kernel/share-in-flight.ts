import { type CancelSignal, linkAbort, type LinkedAbort, waitFor } from "./cancel.ts";
import type { Task } from "./task.ts";

/** Data without identity or life of its own: what several callers can be given at once. */
export type Plain =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Plain[]
  | { readonly [key: string]: Plain };

/** Starts a task; what it throws before it has a promise is a rejection like any other, and what is none a result. */
async function start<T>(work: Task<T>, signal: CancelSignal): Promise<T> {
  return await work(signal);
}

interface Waiter<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

interface Flight<T> {
  readonly abort: LinkedAbort;
  readonly waiters: Set<Waiter<T>>;
}

/** Runs `work` for `key`, or joins the run that is under way. */
export type Share<T> = (key: string, work: Task<T>, signal?: CancelSignal) => Promise<T>;

/** A group in which the same work runs once at a time. */
export interface InFlight<T> {
  readonly share: Share<T>;
  /** How many keys are in the air. */
  readonly size: number;
}

/**
 * Single-flight (after Go's `singleflight`): callers who ask for the same key while it is being worked on get that
 * run's result. Each has its own signal; a caller who leaves disturbs nobody, and when the last one leaves the work
 * is cancelled, for that one's reason. Nobody joins a run that was cancelled, and nothing is remembered after a run has
 * ended.
 *
 * A platform that ties I/O to the request that began it must keep that request alive for the work.
 */
export function shareInFlight<T extends Plain>(): InFlight<T> {
  const flights = new Map<string, Flight<T>>();

  const land = (key: string, flight: Flight<T>) => {
    if (flights.get(key) === flight) flights.delete(key);
    flight.abort[Symbol.dispose]();
  };

  const takeOff = (key: string, work: Task<T>): Flight<T> => {
    const flight: Flight<T> = { abort: linkAbort(), waiters: new Set() };
    flights.set(key, flight);
    const settle = (settleOne: (waiter: Waiter<T>) => void) => {
      land(key, flight);
      for (const waiter of flight.waiters) settleOne(waiter);
    };
    const fail = (error: unknown) => settle((waiter) => waiter.reject(error));
    start(work, flight.abort.signal).then((value) => settle((waiter) => waiter.resolve(value)), fail);
    return flight;
  };

  return {
    get size() {
      return flights.size;
    },
    share(key, work, signal) {
      return waitFor<T>(signal, (resolve, reject) => {
        const flight = flights.get(key) ?? takeOff(key, work);
        const waiter: Waiter<T> = { resolve, reject };
        flight.waiters.add(waiter);
        return () => {
          flight.waiters.delete(waiter);
          if (flight.waiters.size > 0) return;
          land(key, flight);
          flight.abort.abort(signal?.reason);
        };
      });
    },
  };
}
