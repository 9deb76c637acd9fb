import type { MiddlewareHandler } from "hono";
import { addHeaders } from "./add-headers.ts";
import type { Caller, CallerVariables } from "./caller.ts";
import { expectScope, type Identify } from "./door.ts";
import { expectOrigin } from "./origins.ts";
import type { Scope } from "./scopes.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";

/** What the door needs to know of who may come. */
interface EnterOptions {
  readonly identify: Identify;
  readonly allowedOrigins: readonly string[];
  /** Who comes by something else than a token, where there is such a thing; `undefined` for all others. */
  readonly admit?: (request: Request) => Promise<Caller | undefined>;
}

/** Stands before all of `/v1`: nobody gets further without a name. What they may do is for each route to say. */
export function enterV1({
  identify,
  allowedOrigins,
  admit,
}: EnterOptions): MiddlewareHandler<CallerVariables> {
  return async function enter(c, next) {
    expectOrigin(c.req.raw, allowedOrigins);
    c.set("caller", (await admit?.(c.req.raw)) ?? (await identify(c.req.raw)));
    await next();
  };
}

/** Adds to every answer under `/v1`, refusals included, what keeps it from being misused. */
export const protectV1: MiddlewareHandler = async (c, next) => {
  await next();
  addHeaders(c, SECURITY_HEADERS);
  if (!c.res.headers.has("Cache-Control")) addHeaders(c, { "Cache-Control": "no-store" });
};

/** Stands before one endpoint that needs a scope. Its answers are not for caches that others share. */
export function enterEndpoint(
  { identify, allowedOrigins }: EnterOptions,
  scope: Scope,
): MiddlewareHandler<CallerVariables> {
  return async (c, next) => {
    expectOrigin(c.req.raw, allowedOrigins);
    const caller = await identify(c.req.raw);
    expectScope(caller, scope);
    c.set("caller", caller);
    await next();
    addHeaders(c, { "Cache-Control": withPrivate(c.res.headers.get("Cache-Control")) });
  };
}

/** What a server says of caching, for the caller's own cache only (RFC 9111, 5.2.2.7). */
function withPrivate(cacheControl: string | null): string {
  if (cacheControl === null) return "no-store";
  return /\b(no-store|private)\b/i.test(cacheControl) ? cacheControl : `private, ${cacheControl}`;
}
