import { type CancelSignal, type Clock, type InFlight, RetryBudget, shareInFlight } from "#kernel";
import { type AnswerCache, createAnswerCache } from "./answer-cache.ts";
import type { SourcePlan } from "./branch-plan.ts";
import { type Breaker, createBreaker } from "./breaker.ts";
import type { Document } from "./document.ts";
import { createLatencies, type Latencies } from "./latencies.ts";

/** Of an upstream's calls, how many may be repeated; and how many a second however few there are. */
const BUDGET = { ratio: 0.2, minPerSecond: 10 };

/** What an isolate keeps of answers. Parsed, they take about twice their bytes of its 128 MB. */
const CACHE = { maxEntries: 2_000, maxBytes: 16 * 1024 * 1024 };

/** Someone's turn to call: `policy` says how fast, `origin` whom. */
interface Turn {
  readonly policy: string;
  readonly origin: string;
  /** Who would wait longer is refused at once. */
  readonly maxWaitMs: number;
  readonly signal: CancelSignal;
  readonly keepAlive: (work: Promise<unknown>) => void;
}

/** Waits for a turn among all who call the same origin at the same pace, in every isolate. */
type Pace = (turn: Turn) => Promise<{ readonly allowed: boolean; readonly retryAfterMs: number }>;

/** The world as the aggregator sees it. */
export interface World {
  readonly clock: Clock;
  /** Milliseconds since 1970, for dates in header fields. */
  readonly epochMs: () => number;
  readonly fetch: (request: string, init: RequestInit) => Promise<Response>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
  /** Absent where there are no limits. */
  readonly pace?: Pace | undefined;
}

/** What the calls of one class have taught. */
export interface ClassState {
  readonly breaker: Breaker | undefined;
  readonly latencies: Latencies;
  /** Shared by all classes of an upstream. */
  readonly budget: RetryBudget;
}

/** What outlives a request in an isolate. */
export interface Engine extends World {
  readonly cache: AnswerCache<Document>;
  readonly flights: InFlight<Document>;
  stateOf(source: SourcePlan): ClassState;
  /** How long calls of a class take as a rule, in milliseconds; `undefined` before there have been some. */
  typicalMs(routeClass: string): number | undefined;
}

/** Starts with nothing learnt. */
export function createEngine(world: World): Engine {
  const states = new Map<string, ClassState>();
  const budgets = new Map<string, RetryBudget>();
  const budgetOf = (upstream: string) => {
    const budget = budgets.get(upstream) ?? new RetryBudget(BUDGET, world.clock);
    budgets.set(upstream, budget);
    return budget;
  };
  return {
    ...world,
    cache: createAnswerCache(CACHE),
    flights: shareInFlight(),
    typicalMs: (routeClass) => states.get(routeClass)?.latencies.quantile(0.5),
    stateOf({ routeClass, upstream }) {
      const known = states.get(routeClass);
      if (known !== undefined) return known;
      const state = {
        breaker: upstream.breaker === undefined ? undefined : createBreaker(upstream.breaker),
        latencies: createLatencies(),
        budget: budgetOf(upstream.name),
      };
      states.set(routeClass, state);
      return state;
    },
  };
}
