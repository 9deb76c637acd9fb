import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Target } from "./target.ts";

/** Where an origin comes from: written down, or a variable of the environment. */
export type Origin = string | { readonly env: string };

/** A service to call. */
export interface Upstream {
  readonly name: string;
  /** Scheme, host and port, such as `https://api.example.com`. */
  readonly origin: Origin;
  /** How long a branch may take, unless it says otherwise. */
  readonly timeoutMs: number;
  /** The largest answer to read. */
  readonly maxBytes: number;
  /** Sent with every call. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What a branch makes its request from. */
export interface Call<Params = Readonly<Record<string, string>>, Needs = Readonly<Record<string, unknown>>> {
  /** The path's parameters, decoded. */
  readonly params: Params;
  readonly query: URLSearchParams;
  /** The results of the branches it needs. */
  readonly needs: Needs;
}

/** One call of an endpoint, as data: the types that the builder checked are gone. */
export interface BranchDefinition {
  readonly name: string;
  readonly from: Upstream;
  /** A template over the path's parameters, or a function for whatever else there is. */
  readonly get: string | ((call: Call) => Target);
  readonly needs: readonly string[];
  readonly optional: boolean;
  readonly statusFrom: boolean;
  readonly timeoutMs: number | undefined;
  readonly schema: StandardSchemaV1 | undefined;
  readonly map: ((value: unknown, call: Call) => unknown) | undefined;
}

/** An endpoint as data. */
export interface EndpointDefinition {
  /** Method and path, such as `GET /api/countries/:code`; also its name. */
  readonly route: string;
  readonly deadlineMs: number;
  /** In the order of the answer. */
  readonly branches: readonly BranchDefinition[];
  /** Makes the answer; by default an object with a member a branch. */
  readonly respond: ((results: Readonly<Record<string, unknown>>) => unknown) | undefined;
}
