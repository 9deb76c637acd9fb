import type { StoredSegment } from "./segment.ts";

/** URLs that may be fetched, until a report about them or until the lease runs out. */
export interface Batch {
  /** The lease's number is its fence: what is reported under one that has run out is refused. */
  readonly lease: number;
  readonly urls: readonly BatchUrl[];
}

/** One of them. */
export interface BatchUrl {
  readonly id: number;
  readonly url: string;
  readonly host: string;
}

/** A URL worth fetching, as it was found. */
export interface Found {
  readonly key: string;
  readonly url: string;
  readonly host: string;
}

/** What an earlier crawl learned of a URL. */
export interface EarlierPage {
  readonly key: string;
  readonly page: PageRecord;
  /** What it linked to. */
  readonly targets: readonly string[];
}

/** What was learned of a page. */
export interface PageRecord {
  readonly status: number;
  readonly type: string;
  readonly bytes: number;
  readonly ms: number;
  /** When its request began, since 1970; not in what a version before has kept. */
  readonly startedMs?: number | undefined;
  readonly etag?: string | undefined;
  readonly modified?: string | undefined;
  /** SHA-256 of the body, in base64url. */
  readonly hash?: string | undefined;
  readonly title?: string | undefined;
  /** How many URLs it links to. */
  readonly links: number;
  /** Why not all was made of it that could have been. */
  readonly note?: PageNote | undefined;
}

/** Why a page was not read, or its links were not followed. */
export type PageNote =
  | "error-status"
  | "type-not-read"
  | "coding-not-read"
  | "body-too-large"
  | "body-broken"
  | "nofollow"
  | "not-modified"
  | "more-links-than-kept"
  | "repeated-content";

/** What became of one URL. */
export type Result =
  | {
      readonly id: number;
      readonly kind: "page";
      readonly page: PageRecord;
      readonly found: readonly Found[];
    }
  | {
      readonly id: number;
      readonly kind: "redirect";
      readonly status: number;
      readonly ms: number;
      readonly to: string;
      /** Unless a rule keeps it out. */
      readonly target?: Found | undefined;
    }
  /** No page, but a file that lists some, or further such files. */
  | { readonly id: number; readonly kind: "sitemap"; readonly found: readonly Found[] }
  /** May be well another time. With the answer, if there was one: it counts when no more tries are left. */
  | {
      readonly id: number;
      readonly kind: "retry";
      readonly reason: string;
      readonly afterMs?: number | undefined;
      readonly page?: PageRecord | undefined;
    }
  /** Its host is not to be asked yet; nothing was tried. */
  | { readonly id: number; readonly kind: "deferred"; readonly afterMs: number }
  | { readonly id: number; readonly kind: "failed"; readonly reason: string }
  /** A rule keeps it out that only the host could tell. */
  | { readonly id: number; readonly kind: "kept-out"; readonly reason: string };

/** What a batch has seen of a host. */
export interface HostNote {
  readonly host: string;
  /** Whether its robots.txt has rules for us; one that cannot be had forbids everything. Absent before anybody has asked. */
  readonly robots?: "allows-all" | "has-rules" | "unreachable" | undefined;
  /** What its robots.txt asks for between requests. */
  readonly crawlDelayMs?: number | undefined;
  /** How long it is left alone after its last answer; absent where it is not spared. */
  readonly pauseMs?: number | undefined;
  /** Why the last try went wrong that did. */
  readonly error?: string | undefined;
}

/** What was done with a batch: all of it, in one step. */
export interface Report {
  readonly lease: number;
  readonly results: readonly Result[];
  /** Requests for robots.txt that were made for it. */
  readonly robots: number;
  /** Of the hosts that were asked; not from a version before. */
  readonly hosts?: readonly HostNote[] | undefined;
  /** What was stored of its answers, for a crawl that keeps an archive. */
  readonly segment?: StoredSegment | undefined;
}
