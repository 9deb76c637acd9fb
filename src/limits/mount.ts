import type { Env, Hono } from "hono";
import { byToken } from "./caller-key.ts";
import type { Limits } from "./limits.ts";
import { rateLimit } from "./middleware.ts";
import { limitRoutes } from "./routes.ts";

/** Mounts the routes of the limits; before them, and all that is mounted later, the one that holds for all of `/v1`. */
export function mountLimits<E extends Env>(app: Hono<E>, limits: Limits): void {
  const { v1Limit } = limits;
  if (v1Limit !== undefined) {
    app.use("/v1/*", rateLimit(limits, { policy: v1Limit, key: byToken, mode: "lease" }));
  }
  app.route("/", limitRoutes(limits));
}
