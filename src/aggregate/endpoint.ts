import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { BranchDefinition, Call, EndpointDefinition, Upstream } from "./definition.ts";
import type { Target } from "./target.ts";

const DEFAULT_DEADLINE_MS = 10_000;
const DEFAULT_TIMEOUT_MS = 5_000;
const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;

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

/** The results a branch may use: it runs only when they are all there. */
type NeedsOf<B extends Branches, Need extends keyof B> = { readonly [K in Need]: B[K]["value"] };

/** The results an answer is made of: an optional one may be missing. */
type ResultsOf<B extends Branches> = {
  readonly [K in keyof B]: B[K]["optional"] extends true ? B[K]["value"] | undefined : B[K]["value"];
};

interface BranchOptions<Params, Needs, Need, Out, Value, Optional> {
  readonly from: Upstream;
  /**
   * What to get: a template over the path's parameters (`/countries/:code`), or a function that writes it with
   * `url` from parameters, query and needed results.
   */
  readonly get: string | ((call: Call<Params, Needs>) => Target);
  /** Branches whose results it uses. It waits for them, and is skipped when one has failed. */
  readonly needs?: readonly Need[];
  /** The answer can do without it. Required by default: its failure is the answer's. */
  readonly optional?: Optional;
  /** Lets this branch's 4xx be the answer's. */
  readonly statusFrom?: boolean;
  /** How long it may take, in all; the upstream's by default, and never past the endpoint's deadline. */
  readonly timeoutMs?: number;
  /** What the upstream must answer (any Standard Schema, such as zod's); a mismatch is a failure of the branch. */
  readonly schema?: StandardSchemaV1<unknown, Out>;
  /** Makes the result from the upstream's answer. */
  readonly map?: (value: Out, call: Call<Params, Needs>) => Value;
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
  ): EndpointBuilder<Route, B & { readonly [K in Name]: { value: Value; optional: Optional } }>;

  /** Makes the answer from the results. Without it, the answer is an object with a member a branch. */
  respond(makeAnswer: (results: ResultsOf<B>) => unknown): Pick<EndpointBuilder<Route, B>, "definition">;
}

/**
 * Declares an endpoint: one request out to many, one answer back.
 *
 * @param route Method and path, such as `GET /api/countries/:code`.
 */
export function endpoint<const Route extends `GET /${string}`>(
  route: Route,
  { deadlineMs = DEFAULT_DEADLINE_MS }: { readonly deadlineMs?: number } = {},
  // oxlint-disable-next-line typescript/no-empty-object-type -- no branch yet
): EndpointBuilder<Route, {}> {
  return build({ route, deadlineMs, branches: [], respond: undefined });
}

/** Declares a service to call. */
export function upstream(
  name: string,
  options: Pick<Upstream, "origin"> & Partial<Pick<Upstream, "timeoutMs" | "maxBytes" | "headers">>,
): Upstream {
  return { name, timeoutMs: DEFAULT_TIMEOUT_MS, maxBytes: DEFAULT_MAX_BYTES, headers: {}, ...options };
}

function build<Route extends string, B extends Branches>(
  definition: EndpointDefinition,
): EndpointBuilder<Route, B> {
  return {
    definition,
    branch(name, options) {
      const branch = {
        name,
        needs: [],
        optional: false,
        statusFrom: false,
        timeoutMs: undefined,
        schema: undefined,
        map: undefined,
        ...options,
      };
      // The types of `options` were checked against the branches before it; from here on they are data.
      const branches = [...definition.branches, branch as unknown as BranchDefinition];
      return build({ ...definition, branches });
    },
    respond: (makeAnswer) => build({ ...definition, respond: makeAnswer as EndpointDefinition["respond"] }),
  };
}
