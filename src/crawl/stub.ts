import type { GuardPolicy } from "../http/address-guard.ts";
import type { IndexedRecord } from "./cdxj.ts";
import type { Outcome } from "./diff.ts";
import type { Counts, Phase, Settled } from "./frontier-store.ts";
import type { CrawlPlan, CrawlSettings } from "./plan.ts";
import type { HostNote, PageRecord } from "./wire.ts";

/** What a crawl is made by, and where it may go for as long as it runs. */
export interface CrawlOrder extends GuardPolicy {
  readonly id: string;
  readonly plan: CrawlPlan;
  readonly settings: CrawlSettings;
}

/** How a crawl stands. */
export interface CrawlView {
  readonly plan: CrawlPlan;
  readonly phase: Phase;
  readonly counts: Counts;
  /** Pages a second, as `pagesPerSecond` has it. */
  readonly rate: number;
  readonly depth: number;
  readonly startedMs: number;
  readonly endedMs: number | undefined;
  /** Grows whenever something changes. */
  readonly version: number;
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

/** A page with what it links to, or with a part of that. */
export interface LinkedPage {
  readonly seq: number;
  readonly url: string;
  readonly targets: readonly string[];
}

/** What a crawl knows of a host, with its port: how many URLs, by what became of them. */
export interface HostRow {
  readonly host: string;
  readonly known: number;
  /** To be fetched, or being fetched. */
  readonly waiting: number;
  readonly pages: number;
  readonly redirects: number;
  readonly sitemaps: number;
  readonly failed: number;
  readonly keptOut: number;
  /** As the latest batch of it has seen them; absent before one has. */
  readonly robots?: HostNote["robots"];
  readonly crawlDelayMs?: number;
  readonly pauseMs?: number;
  /** Why the last try went wrong that did, and when that was reported. */
  readonly error?: string;
  readonly errorAtMs?: number;
}

/** A host in the list of them: how many URLs of it are known, and which one it is. */
export type HostCursor = Pick<HostRow, "known" | "host">;

/** Where a page is in the archive: a range of a file, and when it was fetched. */
export interface RecordPlace {
  readonly key: string;
  readonly offset: number;
  readonly length: number;
  readonly atMs: number;
}

/** Files of an archive, and how long all of it is, in bytes; `start` is where in it a file begins. */
export interface ArchivePart {
  readonly size: number;
  readonly files: readonly { readonly key: string; readonly start: number; readonly bytes: number }[];
}

/** A URL that is known to a crawl. */
export interface SeenUrl {
  readonly status: "queued" | "leased" | Settled["kind"];
  readonly depth: number;
  /** Why it failed or is kept out, where it redirects to, or why not all was made of it that could have been. */
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
  /** Looks again when it is newer than a version, or has ended, or when the time is over. */
  watch(version: number, holdMs: number): Promise<CrawlView | undefined>;
  pages(after: number, limit: number): Promise<readonly PageRow[] | undefined>;
  /** The hosts of which most URLs are known first. @param after The last one that is known. */
  hosts(after: HostCursor | undefined, limit: number): Promise<readonly HostRow[] | undefined>;
  /** @param after The number of the last one that is known. */
  links(after: number, limit: number): Promise<readonly LinkedPage[] | undefined>;
  /** Where the archive has a page. */
  recordOf(url: string): Promise<{ readonly found?: RecordPlace } | undefined>;
  /** The files of the archive that have its bytes from one on, in their order, so many at most. */
  segments(from: number, limit: number): Promise<ArchivePart | undefined>;
  /** Pages in the order of the archive's index. @param after The last one that is known. */
  index(
    after: Pick<IndexedRecord, "surt" | "id"> | undefined,
    limit: number,
  ): Promise<readonly IndexedRecord[] | undefined>;
  /** How URLs ended, in the order of their keys. @param after The last key that is known. */
  outcomes(after: string, limit: number): Promise<readonly Outcome[] | undefined>;
  why(url: string): Promise<Why | undefined>;
  steer(how: Steering): Promise<CrawlView | undefined>;
  /** @returns Whether there was one. */
  remove(): Promise<boolean>;
}
