import type { Lease } from "../work/lease.ts";
import type { BatchUrl, Found, PageRecord } from "./wire.ts";

/** Why a crawl is over. */
type Ending = "all-done" | "max-pages" | "stopped";

/** How a crawl stands. */
export type Phase = "running" | "paused" | Ending;

/** What is counted; each URL and each answer once, whatever breaks. */
export interface Counts {
  /** URLs that an answer was had for: what `maxPages` limits. */
  readonly pages: number;
  readonly redirects: number;
  /** Files that list URLs, and are no pages. */
  readonly sitemaps: number;
  /** Without an answer, after all tries. */
  readonly failed: number;
  /** Kept out by a rule of their host. */
  readonly keptOut: number;
  /** Tries that were followed by another. */
  readonly retries: number;
  /** Requests for robots.txt. */
  readonly robots: number;
  /** URLs that are known. */
  readonly known: number;
  readonly links: number;
  readonly bytes: number;
}

/** What is kept of a crawl besides its rows. */
export interface FrontierState {
  readonly phase: Phase;
  /** The depth that is being fetched. */
  readonly level: number;
  /** The last number given to a lease. */
  readonly lastLease: number;
  readonly counts: Counts;
  readonly startedMs: number;
  readonly endedMs?: number | undefined;
  /** Since when it is paused. */
  readonly pausedMs?: number | undefined;
}

/**
 * Who has a batch: nobody yet (`waiting`), whoever gets the message about it (`sent`), the crawl's own object (`own`), or
 * a consumer of the queue (`away`).
 */
export type Stage = "waiting" | "sent" | "own" | "away";

/** A batch that is out: its fence is the number of the batch. */
export interface BatchLease extends Lease {
  /** The ids of its URLs. */
  readonly ids: readonly number[];
  readonly stage: Stage;
}

/** A URL to be known from now on. */
export interface Discovery extends Found {
  readonly level: number;
  /** Orders a level: by the parent's place, and the place of the link in it. */
  readonly rank: number;
  readonly parent: number | undefined;
  readonly hops: number;
  /** In a level that has its places already. */
  readonly place?: number | undefined;
}

/** How a URL ended. */
export type Settled =
  | { readonly kind: "page"; readonly page: PageRecord }
  | { readonly kind: "redirect"; readonly status: number; readonly ms: number; readonly to: string }
  | { readonly kind: "sitemap" }
  | { readonly kind: "failed" | "kept-out"; readonly reason: string };

/** A URL under a lease, as a report needs it. */
export interface LeasedUrl extends BatchUrl {
  /** How often it has been tried. */
  readonly tries: number;
  /** How many redirects led here. */
  readonly hops: number;
  /** Its place in its level. */
  readonly place: number;
  /** How often its lease ran out. */
  readonly lost: number;
}

/** A host that has not answered the last so many times, and is left alone until then. */
export interface SilentHost {
  readonly host: string;
  readonly times: number;
  readonly untilMs: number;
}

/**
 * Where a frontier keeps its rows. What is done within `inOneStep` happens as a whole or not at all.
 */
export interface FrontierStore {
  inOneStep<T>(run: () => T): T;
  load(): FrontierState | undefined;
  save(state: FrontierState): void;
  leases(): readonly BatchLease[];
  keepLease(lease: BatchLease): void;
  removeLease(fence: number): void;
  /**
   * Adds URLs whose key is not known. One that is known in a later level, or at a higher rank of the same one, moves up
   * instead if it waits; if not, at least its parent is who led there first.
   *
   * @param maxVariants How many URLs with a query one path may have.
   * @returns How many are new.
   */
  add(discoveries: readonly Discovery[], maxVariants: number): number;
  /** The lowest level in which a URL waits. */
  nextLevel(): number | undefined;
  /** Gives the URLs that wait in a level their places, by rank. */
  place(level: number): void;
  /** The hosts for which a URL waits in a level. */
  hosts(level: number): readonly string[];
  /**
   * Takes URLs of a host that are due, those first that were tried less, in the order of their places: a few that the
   * host does not answer for must not look as if it answered for none.
   */
  take(level: number, host: string, nowMs: number, limit: number): readonly LeasedUrl[];
  leased(ids: readonly number[]): readonly LeasedUrl[];
  /** Puts URLs back that were taken. @param spent What it adds to their tries, and to how often they were lost. */
  putBack(
    ids: readonly number[],
    dueMs: number,
    spent: { readonly tries: number; readonly lost: number },
  ): void;
  /** Has a URL fetched by another spelling from now on, that so many redirects led to. */
  readdress(id: number, url: string, hops: number): void;
  settle(results: readonly { readonly id: number; readonly settled: Settled }[], nowMs: number): void;
  /** How many pages have the same content, by its hash. */
  copies(hashes: readonly string[]): ReadonlyMap<string, number>;
  /** When the first of a host's URLs that wait in a level is due. */
  firstDueMs(level: number, host: string): number | undefined;
  silent(): readonly SilentHost[];
  /** Keeps how often a host has not answered; 0 for one that does. */
  keepSilent(host: SilentHost): void;
  /** Ends what waits for a host in a level. @returns How many URLs that were. */
  giveUp(level: number, host: string, reason: string): number;
}
