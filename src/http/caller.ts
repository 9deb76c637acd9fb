import type { Scope } from "./scopes.ts";

/** Who asks, and what they may do. */
export interface Caller {
  /** The name of their token; `local` where none is needed. */
  readonly name: string;
  readonly scopes: readonly Scope[];
}

/** What is known of every request. */
export interface RequestVariables {
  readonly Variables: { requestId: string };
}

/** What is known of a request that the door has let in. */
export interface CallerVariables {
  readonly Variables: { requestId: string; caller: Caller };
}
