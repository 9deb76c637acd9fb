import type { FrontierState, FrontierStore } from "../../../src/crawl/frontier-store.ts";
import type { GateStub } from "../../../src/crawl/gate-stub.ts";
import type { CrawlPlan, CrawlSettings } from "../../../src/crawl/plan.ts";

/** Mistakes to plant: who breaks what. */
export interface Mutation {
  readonly store?: (store: FrontierStore) => FrontierStore;
  readonly gate?: (gate: GateStub) => GateStub;
  readonly settings?: Partial<CrawlSettings>;
  readonly plan?: (plan: CrawlPlan) => CrawlPlan;
}

/** How to play. */
export interface PlayOptions {
  readonly isCalm?: boolean;
  readonly deaths: number;
  readonly maxPages?: number;
  readonly mutation?: Mutation;
}

/** What a play came to. */
export interface Ending {
  readonly state: FrontierState;
  /** Each page with its depth and its parent, in order of URL. */
  readonly pages: readonly string[];
  readonly sights: ReadonlyMap<string, number>;
}

/** A promise that was broken. */
export class Broken extends Error {
  override readonly name = "Broken";
}
