import type { MiddlewareHandler } from "hono";
import type { CallerVariables } from "./caller.ts";
import { expectScope } from "./door.ts";
import { expectEncoded } from "./expect-encoded.ts";
import { checkInput } from "./input.ts";
import { readJsonBody } from "./json-request.ts";
import { describeHandler, type InputOf, type Operation, type Takes } from "./operation.ts";
import type { Scope } from "./scopes.ts";

/** The largest body of a route that does not say how much it takes. */
const DEFAULT_MAX_BODY_BYTES = 64 * 1024;

/** A route of our own: whoever uses it needs a scope. */
interface GuardedOperation<T extends Takes> extends Operation {
  readonly scope: Scope;
  readonly takes?: T;
  /** The largest JSON body; 64 KiB by default. */
  readonly maxBodyBytes?: number;
}

/**
 * Stands first in every route under `/v1`: `app.post("/v1/things", guarded({ scope: "things", … }), handler)`. It lets
 * in who has the scope, reads and checks what the route takes, for `c.req.valid(…)`, and is what `/openapi.json` tells
 * of the route. Nothing of a body is read for who is not let in, nor where the route takes none.
 */
export function guarded<const T extends Takes>({
  maxBodyBytes = DEFAULT_MAX_BODY_BYTES,
  ...operation
}: GuardedOperation<T>): MiddlewareHandler<CallerVariables, string, InputOf<T>> {
  const { param, query, json }: Takes = operation.takes ?? {};
  const handler: MiddlewareHandler<CallerVariables, string, InputOf<T>> = async (c, next) => {
    expectScope(c.get("caller"), operation.scope);
    if (param !== undefined) {
      expectEncoded(c.req.url);
      c.req.addValidatedData("param", checkInput(param, c.req.param(), "the path"));
    }
    if (query !== undefined)
      c.req.addValidatedData("query", checkInput(query, single(c.req.queries()), "the query"));
    if (json !== undefined) {
      const body = checkInput(json, await readJsonBody(c.req.raw, maxBodyBytes), "the body");
      // Hono keeps objects; a body that is none is kept as well, and nothing looks into it.
      c.req.addValidatedData("json", body as object);
    }
    await next();
  };
  return describeHandler(handler, () => ({ ...operation, maxBodyBytes }));
}

/** A query's fields, as a list only where they are given more than once. */
function single(fields: Readonly<Record<string, readonly string[]>>): object {
  return Object.fromEntries(
    Object.entries(fields).map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
  );
}
