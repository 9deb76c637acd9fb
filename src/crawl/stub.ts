import type { Counts, Phase, Settled } from "./frontier-store.ts";
import type { CrawlPlan, CrawlSettings } from "./plan.ts";
import type { PageRecord } from "./wire.ts";

/** What a crawl is made by. */
export interface CrawlOrder {
  readonly id: string;
  readonly plan: CrawlPlan;
  readonly settings: CrawlSettings;
  readonly allowLoopback: boolean;
}

/** How a crawl stands. */
export interface CrawlView {
  readonly plan: CrawlPlan;
  readonly phase: Phase;
  readonly counts: Counts;
  readonly depth: number;
  readonly startedMs: number;
  readonly endedMs: number | undefined;
}

/** A page that was fetched. */
export interface PageRow extends PageRecord {
  /** Counts from 1 in the order of fetching. */
  readonly seq: number;
  readonly atMs: number;
  readonly url: string;
  readonly depth: number;
  /** The page whose link led here first. */
  readonly parent?: string;
}

/** A URL that is known to a crawl. */
export interface SeenUrl {
  readonly status: "queued" | "leased" | Settled["kind"];
  readonly depth: number;
  /** Why it failed or is kept out, or where it redirects to. */
  readonly reason?: string;
  readonly parent?: string;
}

/** Why a URL is in a crawl or not: what a rule says, or what is known of it. */
export type Why =
  | { readonly isIn: false; readonly rule: string; readonly detail?: string }
  | { readonly isIn: true; readonly key: string; readonly seen?: SeenUrl };

/** What can be done to a crawl that has begun. */
export type Steering = "pause" | "resume" | "stop";

/** A crawl, wherever it is; `undefined` where there is none of this name. Everything may fail, as calls elsewhere do. */
export interface CrawlStub {
  /** Begins it. One that has begun with the same plan is answered as it was then; with another, `undefined`. */
  create(plan: CrawlPlan): Promise<CrawlView | undefined>;
  look(): Promise<CrawlView | undefined>;
  pages(after: number, limit: number): Promise<readonly PageRow[] | undefined>;
  why(url: string): Promise<Why | undefined>;
  steer(how: Steering): Promise<CrawlView | undefined>;
  /** @returns Whether there was one. */
  remove(): Promise<boolean>;
}
