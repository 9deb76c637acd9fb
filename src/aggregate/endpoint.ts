import { overlay } from "../http/overlay.ts";
import type { Scope } from "../http/scopes.ts";
import type {
  Branches,
  BranchOptions,
  EachOptions,
  Json,
  NeedsOf,
  PagesOptions,
  ParamsOf,
  ResultsOf,
  With,
} from "./branch-options.ts";
import type { BreakerPolicy } from "./breaker.ts";
import type {
  BranchDefinition,
  EndpointDefinition,
  Fallback,
  RetryOptions,
  Setting,
  Upstream,
} from "./definition.ts";
import type { MergePolicy } from "./merge.ts";

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
  /** Lets in only who has a token with this scope; everyone by default. */
  readonly scope?: Scope;
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
  {
    scope,
    deadlineMs = DEFAULT_DEADLINE_MS,
    lanes = true,
    merge = { strategy: "namespace" },
    ...others
  }: EndpointOptions = {},
  // oxlint-disable-next-line typescript/no-empty-object-type -- no branch yet
): EndpointBuilder<Route, {}> {
  // There are no others where a compiler looks; what is misspelt is told of when it is planned.
  return build({ ...others, route, scope, deadlineMs, lanes, merge, branches: [], respond: undefined });
}

interface UpstreamOptions extends Partial<Omit<Upstream, "name" | "origin" | "retry">> {
  readonly origin: Setting;
  readonly retry?: Partial<RetryOptions>;
  readonly breaker?: BreakerPolicy;
  readonly pace?: string;
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
    pace: undefined,
    ...options,
    retry: overlay(NO_RETRY, retry),
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
      {
        of,
        key = String,
        batch = { size: 1, key: undefined },
        max = DEFAULT_MAX_ELEMENTS,
        partial = false,
        attach,
        ...options
      },
    ) =>
      add({
        ...BARE_BRANCH,
        name,
        ...options,
        each: { of, key, batchSize: batch.size, keyOfItem: batch.key, max, partial, attach },
      }),
    pages: (
      name,
      { by, size = 0, maxPages = DEFAULT_MAX_PAGES, next, cursorField = "cursor", items, ...options },
    ) => add({ ...BARE_BRANCH, name, ...options, pages: { by, size, maxPages, next, cursorField, items } }),
    respond: (makeAnswer) => build({ ...definition, respond: makeAnswer as EndpointDefinition["respond"] }),
  };
}
