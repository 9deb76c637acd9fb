import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { CachePolicy } from "./answer-cache.ts";
import type { BreakerPolicy } from "./breaker.ts";
import type {
  BranchDefinition,
  Call,
  EndpointDefinition,
  Fallback,
  HedgeOptions,
  Origin,
  RetryOptions,
  Upstream,
} from "./definition.ts";
import type { MergePolicy } from "./merge.ts";
import type { Target } from "./target.ts";

const DEFAULT_DEADLINE_MS = 10_000;
const DEFAULT_TIMEOUT_MS = 5_000;
const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;
const DEFAULT_MAX_PAGES = 10;
const DEFAULT_MAX_ELEMENTS = 100;

/** One attempt: trying again is for whoever knows that it does no harm. */
const NO_RETRY: RetryOptions = {
  attempts: 1,
  baseMs: 50,
  capMs: 1_000,
  on: ["connection", "unavailable", "throttled"],
};

/** Any JSON value: what an upstream's answer is before a schema says more. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** The parameters of a path: `{ code: string }` of `GET /api/countries/:code`. */
type ParamsOf<Route extends string> = Route extends `${string}:${infer Name}/${infer Rest}`
  ? { readonly [K in Name]: string } & ParamsOf<`/${Rest}`>
  : Route extends `${string}:${infer Name}`
    ? { readonly [K in Name]: string }
    : unknown;

/** What is known of each branch so far: the type of its result, and whether it may be missing. */
interface Branches {
  readonly [name: string]: { readonly value: unknown; readonly optional: boolean };
}

/** The branches with one more. */
type With<B extends Branches, Name extends string, Value, Optional extends boolean> = B & {
  readonly [K in Name]: { value: Value; optional: Optional };
};

/** The results a branch may use: it runs only when they are all there. */
type NeedsOf<B extends Branches, Need extends keyof B> = { readonly [K in Need]: B[K]["value"] };

/** The results an answer is made of: an optional one may be missing. */
type ResultsOf<B extends Branches> = {
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

interface BranchOptions<Params, Needs, Need, Out, Value, Optional> extends CommonOptions<
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

interface EachOptions<Params, Needs, Need, Element, Item, Attached, Optional> extends CommonOptions<
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

interface PagesOptions<Params, Needs, Need, Page, Item, Optional> extends CommonOptions<
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

/** An endpoint in the making. Each step returns a new one. */
export interface EndpointBuilder<Route extends string, B extends Branches> {
  /** The endpoint as it stands. */
  readonly definition: EndpointDefinition;

  /** Adds a call. */
  branch<
    const Name extends string,
    const Need extends keyof B & string = never,
    Out = Json,
    Value = Out,
    const Optional extends boolean = false,
  >(
    name: Name,
    options: BranchOptions<ParamsOf<Route>, NeedsOf<B, Need>, Need, Out, Value, Optional>,
  ): EndpointBuilder<Route, With<B, Name, Value, Optional>>;

  /** Adds a call for each element of another result: a join. Its result is a list, in the elements' order. */
  each<
    const Name extends string,
    Element,
    const Need extends keyof B & string = never,
    Item = Json,
    Attached = Item | null,
    const Optional extends boolean = false,
  >(
    name: Name,
    options: EachOptions<ParamsOf<Route>, NeedsOf<B, Need>, Need, Element, Item, Attached, Optional>,
  ): EndpointBuilder<Route, With<B, Name, Attached[], Optional>>;

  /** Adds all pages of a list, up to a cap. Its result is the list of their items. */
  pages<
    const Name extends string,
    const Need extends keyof B & string = never,
    Page = Json[],
    Item = Page extends readonly (infer I)[] ? I : Json,
    const Optional extends boolean = false,
  >(
    name: Name,
    options: PagesOptions<ParamsOf<Route>, NeedsOf<B, Need>, Need, Page, Item, Optional>,
  ): EndpointBuilder<Route, With<B, Name, Item[], Optional>>;

  /** Makes the answer from the results. Without it, they are merged as the endpoint says. */
  respond(makeAnswer: (results: ResultsOf<B>) => unknown): Pick<EndpointBuilder<Route, B>, "definition">;
}

interface EndpointOptions {
  /** How long all of it may take. */
  readonly deadlineMs?: number;
  /** Spreads more than six calls that can run at once over lanes; on by default. */
  readonly lanes?: boolean;
  /** How results become one answer: a member a branch by default. */
  readonly merge?: MergePolicy;
}

/**
 * Declares an endpoint: one request out to many, one answer back.
 *
 * @param route Method and path, such as `GET /api/countries/:code`.
 */
export function endpoint<const Route extends `GET /${string}`>(
  route: Route,
  { deadlineMs = DEFAULT_DEADLINE_MS, lanes = true, merge = { strategy: "namespace" } }: EndpointOptions = {},
  // oxlint-disable-next-line typescript/no-empty-object-type -- no branch yet
): EndpointBuilder<Route, {}> {
  return build({ route, deadlineMs, lanes, merge, branches: [], respond: undefined });
}

interface UpstreamOptions extends Partial<Omit<Upstream, "name" | "origin" | "retry">> {
  readonly origin: Origin;
  readonly retry?: Partial<RetryOptions>;
  readonly breaker?: BreakerPolicy;
}

/** Declares a service to call. */
export function upstream(name: string, { retry, ...options }: UpstreamOptions): Upstream {
  return {
    name,
    timeoutMs: DEFAULT_TIMEOUT_MS,
    maxBytes: DEFAULT_MAX_BYTES,
    headers: {},
    forward: [],
    hedge: undefined,
    breaker: undefined,
    ...options,
    retry: { ...NO_RETRY, ...retry },
  };
}

const BARE_BRANCH = {
  needs: [],
  optional: false,
  statusFrom: false,
  timeoutMs: undefined,
  retry: undefined,
  hedge: undefined,
  fallback: [] as readonly Fallback[],
  cache: undefined,
  schema: undefined,
  pick: undefined,
  rename: undefined,
  map: undefined,
  each: undefined,
  pages: undefined,
} satisfies Partial<BranchDefinition>;

function build<Route extends string, B extends Branches>(
  definition: EndpointDefinition,
): EndpointBuilder<Route, B> {
  // The types of the options were checked against the branches before; from here on they are data.
  const add = (branch: unknown) =>
    build<Route, never>({ ...definition, branches: [...definition.branches, branch as BranchDefinition] });
  return {
    definition,
    branch: (name, options) => add({ ...BARE_BRANCH, name, ...options }),
    each: (
      name,
      { of, key = String, batch, max = DEFAULT_MAX_ELEMENTS, partial = false, attach, ...options },
    ) =>
      add({
        ...BARE_BRANCH,
        name,
        ...options,
        each: { of, key, batchSize: batch?.size ?? 1, keyOfItem: batch?.key, max, partial, attach },
      }),
    pages: (
      name,
      { by, size = 0, maxPages = DEFAULT_MAX_PAGES, next, cursorField = "cursor", items, ...options },
    ) => add({ ...BARE_BRANCH, name, ...options, pages: { by, size, maxPages, next, cursorField, items } }),
    respond: (makeAnswer) => build({ ...definition, respond: makeAnswer as EndpointDefinition["respond"] }),
  };
}
