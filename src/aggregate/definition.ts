import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { CachePolicy } from "./answer-cache.ts";
import type { Scope } from "../http/scopes.ts";
import type { BreakerPolicy } from "./breaker.ts";
import type { MergePolicy } from "./merge.ts";
import type { Target } from "./target.ts";

/** A text of the configuration: written down, or a variable of the environment. */
export type Setting = string | { readonly env: string };

/** What is worth another try: no connection or a lost one; 502, 503 and 504; 429 that says when; an attempt's timeout. */
export type RetryReason = "connection" | "unavailable" | "throttled" | "timeout";

/** How to try again. The pauses grow from `baseMs`, doubling, up to `capMs`, each a random share of its bound. */
export interface RetryOptions {
  /** How often at most, the first time included; 1 never tries again. */
  readonly attempts: number;
  readonly baseMs: number;
  readonly capMs: number;
  readonly on: readonly RetryReason[];
}

/** When to send a second copy beside a slow call: after the p95 of the calls before. */
export interface HedgeOptions {
  /** No sooner than this. */
  readonly minMs: number;
  /** A p95 above this says that everything is slow; then there are no copies. */
  readonly maxMs: number;
}

/** A service to call. */
export interface Upstream {
  readonly name: string;
  /** Scheme, host and port, such as `https://api.example.com`. */
  readonly origin: Setting;
  /** How long one attempt may take. */
  readonly timeoutMs: number;
  /** The largest answer to read. */
  readonly maxBytes: number;
  /** Sent with every call. A key is best kept in a secret: `{ env: "ATLAS_KEY" }`. */
  readonly headers: Readonly<Record<string, Setting>>;
  /** Fields of the caller's request that are sent on; `Authorization` and `Cookie` too, only if they are named here. */
  readonly forward: readonly string[];
  readonly retry: RetryOptions;
  readonly hedge: HedgeOptions | undefined;
  readonly breaker: BreakerPolicy | undefined;
  /** The limit that says how often it may be called, by all that call its origin at this pace; as often as one likes without it. */
  readonly pace: string | undefined;
}

/** What a branch makes its request from. */
export interface Call<
  Params = Readonly<Record<string, string>>,
  Needs = Readonly<Record<string, unknown>>,
  Element = unknown,
> {
  /** The path's parameters, decoded. */
  readonly params: Params;
  readonly query: URLSearchParams;
  /** The results of the branches it needs. */
  readonly needs: Needs;
  /** What this call is for, in a branch that fans out: one element, or as many as go into one call. */
  readonly elements: readonly Element[];
  /** Which page this call is for, in a branch by page number. */
  readonly page: number;
}

/** Makes a request's target: a template over the path's parameters, or a function for whatever else there is. */
export type MakeTarget = string | ((call: Call) => Target);

/** Where else a result may come from when a call has failed. */
export type Fallback =
  /** Another upstream; the same target unless it says otherwise. */
  | { readonly from: Upstream; readonly get: MakeTarget | undefined }
  /** The last good answer of this isolate, up to an age. */
  | { readonly staleMs: number }
  | { readonly value: unknown };

/** Fans a branch out over elements: a join. */
export interface EachDefinition {
  readonly of: (call: Call) => readonly unknown[];
  readonly key: (element: unknown) => string;
  /** How many elements go into one call. Above 1, the upstream answers a list. */
  readonly batchSize: number;
  /** The key of an item in the answer to a call for many. */
  readonly keyOfItem: ((item: unknown) => string) | undefined;
  /** More elements than this are refused. */
  readonly max: number;
  /** Whether elements without a result are `null` rather than a failure of the branch. */
  readonly partial: boolean;
  readonly attach: ((element: unknown, value: unknown) => unknown) | undefined;
}

/** Reads a branch page by page. */
export interface PagesDefinition {
  readonly by: "number" | "cursor" | "link";
  /** Items of a full page; by number, a page with fewer is the last. */
  readonly size: number;
  readonly maxPages: number;
  readonly items: ((page: unknown) => readonly unknown[]) | undefined;
  readonly next: ((page: unknown) => string | undefined) | undefined;
  /** The query's field that takes the cursor. */
  readonly cursorField: string;
}

/** One branch of an endpoint, as data: the types that the builder checked are gone. */
export interface BranchDefinition {
  readonly name: string;
  readonly from: Upstream;
  readonly get: MakeTarget;
  readonly needs: readonly string[];
  readonly optional: boolean;
  readonly statusFrom: boolean;
  readonly timeoutMs: number | undefined;
  readonly retry: Partial<RetryOptions> | undefined;
  readonly hedge: HedgeOptions | false | undefined;
  readonly fallback: readonly Fallback[];
  readonly cache: CachePolicy | undefined;
  readonly schema: StandardSchemaV1 | undefined;
  readonly pick: readonly string[] | undefined;
  readonly rename: Readonly<Record<string, string>> | undefined;
  readonly map: ((value: unknown, call: Call) => unknown) | undefined;
  readonly each: EachDefinition | undefined;
  readonly pages: PagesDefinition | undefined;
}

/** An endpoint as data. */
export interface EndpointDefinition {
  /** Method and path, such as `GET /api/countries/:code`; also its name. */
  readonly route: string;
  /** What a caller's token needs; everyone may ask without it. */
  readonly scope: Scope | undefined;
  readonly deadlineMs: number;
  /** Whether calls that can run at once may be spread over lanes. */
  readonly lanes: boolean;
  /** In the order of the answer. */
  readonly branches: readonly BranchDefinition[];
  /** Makes the answer; without it the results are merged. */
  readonly respond: ((results: Readonly<Record<string, unknown>>) => unknown) | undefined;
  readonly merge: MergePolicy;
}
