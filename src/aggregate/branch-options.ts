import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { CachePolicy } from "./answer-cache.ts";
import type { Call, HedgeOptions, RetryOptions, Upstream } from "./definition.ts";
import type { Target } from "./target.ts";

/** Any JSON value: what an upstream's answer is before a schema says more. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** The parameters of a path: `{ code: string }` of `GET /api/countries/:code`. */
export type ParamsOf<Route extends string> = Route extends `${string}:${infer Name}/${infer Rest}`
  ? { readonly [K in Name]: string } & ParamsOf<`/${Rest}`>
  : Route extends `${string}:${infer Name}`
    ? { readonly [K in Name]: string }
    : unknown;

/** What is known of each branch so far: the type of its result, and whether it may be missing. */
export interface Branches {
  readonly [name: string]: { readonly value: unknown; readonly optional: boolean };
}

/** The branches with one more. */
export type With<B extends Branches, Name extends string, Value, Optional extends boolean> = B & {
  readonly [K in Name]: { value: Value; optional: Optional };
};

/** The results a branch may use: it runs only when they are all there. */
export type NeedsOf<B extends Branches, Need extends keyof B> = { readonly [K in Need]: B[K]["value"] };

/** The results an answer is made of: an optional one may be missing. */
export type ResultsOf<B extends Branches> = {
  readonly [K in keyof B]: B[K]["optional"] extends true ? B[K]["value"] | undefined : B[K]["value"];
};

/** What every branch has, however it calls. */
interface CommonOptions<Params, Needs, Need, Optional, Element> {
  readonly from: Upstream;
  /**
   * What to get: a template over the path's parameters (`/countries/:code`), or a function that writes it with
   * `url` from parameters, query and needed results.
   */
  readonly get: string | ((call: Call<Params, Needs, Element>) => Target);
  /** Branches whose results it uses. It waits for them, and is skipped when one has failed. */
  readonly needs?: readonly Need[];
  /** The answer can do without it. Required by default: its failure is the answer's. */
  readonly optional?: Optional;
  /** Lets this branch's 4xx be the answer's. */
  readonly statusFrom?: boolean;
  /** How long it may take, with every attempt, page and element; the endpoint's deadline by default. */
  readonly timeoutMs?: number;
  /** How to try again, where it differs from the upstream's way. */
  readonly retry?: Partial<RetryOptions>;
  readonly hedge?: HedgeOptions | false;
  /** How long an answer stays good in this isolate. */
  readonly cache?: CachePolicy;
}

/** A branch that makes one call. */
export interface BranchOptions<Params, Needs, Need, Out, Value, Optional> extends CommonOptions<
  Params,
  Needs,
  Need,
  Optional,
  never
> {
  /** What the upstream must answer (any Standard Schema, such as zod's); a mismatch is a failure of the branch. */
  readonly schema?: StandardSchemaV1<unknown, Out>;
  /** Where else to turn when the call has failed, in order. A `value` is of the result's type, and ends the chain. */
  readonly fallback?: readonly FallbackOptions<Params, Needs, Value>[];
  /** Keeps these members only, by paths such as `name.common`. Applied before `rename` and `map`. */
  readonly pick?: readonly string[];
  /** Moves members: `{ "name.common": "name" }`. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Makes the result from the upstream's answer. */
  readonly map?: (value: Out, call: Call<Params, Needs, never>) => Value;
}

type FallbackOptions<Params, Needs, Value> =
  | { readonly from: Upstream; readonly get?: string | ((call: Call<Params, Needs, never>) => Target) }
  | { readonly staleMs: number }
  | { readonly value: Value };

/** A branch that makes a call for each element of another result. */
export interface EachOptions<Params, Needs, Need, Element, Item, Attached, Optional> extends CommonOptions<
  Params,
  Needs,
  Need,
  Optional,
  Element
> {
  /** What to fan out over. Elements with the same key are asked for once. */
  readonly of: (call: Call<Params, Needs, never>) => readonly Element[];
  /** An element's key; the element itself, as text, by default. */
  readonly key?: (element: Element) => string;
  /** Asks for many in one call, where the upstream answers a list of items that tell their own key. */
  readonly batch?: { readonly size: number; readonly key: (item: Item) => string };
  /** What the upstream must answer for one element; with `batch`, one item of the list. */
  readonly schema?: StandardSchemaV1<unknown, Item>;
  /** More elements than this fail the branch. */
  readonly max?: number;
  /** Lets elements without a result be `null`; otherwise one failed call fails the branch. */
  readonly partial?: boolean;
  /** Joins a result to its element; by default the result alone. */
  readonly attach?: (element: Element, value: Item | null) => Attached;
}

/** A branch that reads a list page by page. */
export interface PagesOptions<Params, Needs, Need, Page, Item, Optional> extends CommonOptions<
  Params,
  Needs,
  Need,
  Optional,
  never
> {
  /**
   * How pages follow: by `number`, until one has fewer than `size` items; by `cursor`, which `next` reads and the
   * query's `cursorField` takes; by `link`, as `Link: rel="next"` says.
   */
  readonly by: "number" | "cursor" | "link";
  readonly size?: number;
  readonly maxPages?: number;
  readonly next?: (page: Page) => string | undefined;
  readonly cursorField?: string;
  /** What one page must be. */
  readonly schema?: StandardSchemaV1<unknown, Page>;
  /** The items of a page; the page itself by default. */
  readonly items?: (page: Page) => readonly Item[];
}
