import type { MiddlewareHandler } from "hono";
import type { ProblemCode } from "../http/problem.ts";
import { byToken } from "./caller-key.ts";
import type { Limits } from "./limits.ts";
import { rateLimit } from "./middleware.ts";

/** Stands behind the door of `/v1`, and limits each caller by `v1Limit`, where the configuration names one. */
export function limitCallers(limits: Limits): MiddlewareHandler {
  const { v1Limit } = limits;
  if (v1Limit === undefined) return async (_, next) => await next();
  return rateLimit(limits, { policy: v1Limit, key: byToken, mode: "lease" });
}

/** What every route of `/v1` may answer because of that. */
export function problemsBefore({ v1Limit }: Limits): readonly ProblemCode[] {
  return v1Limit === undefined ? [] : ["quota-exceeded", "limit-unavailable", "client-closed-request"];
}
