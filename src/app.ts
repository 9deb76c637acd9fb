import { Hono } from "hono";
import type { EndpointPlan } from "./aggregate/plan.ts";
import { mountExplain } from "./aggregate/explain-routes.ts";
import { mountFanout } from "./aggregate/fanout/routes.ts";
import { type EndpointOptions, mountEndpoints, type RequestVariables } from "./aggregate/routes.ts";
import type { ConfigError } from "./config.ts";
import { logError } from "./http/log.ts";
import { type LimitOptions, openLimits } from "./limits/limits.ts";
import { mountLimits } from "./limits/mount.ts";
import { paceOf } from "./limits/pace.ts";
import { unrouted } from "./http/method-not-allowed.ts";
import { ProblemError, problemResponse } from "./http/problem.ts";
import { requestId } from "./http/request-id.ts";

/** What the app is made of. */
export interface AppOptions extends Omit<EndpointOptions, "mayTrace"> {
  readonly plans: readonly EndpointPlan[];
  /** Absent where there are none. */
  readonly limits?: LimitOptions;
  /** Whether everyone may use `/v1`: for local use only. */
  readonly isOpen: boolean;
  /** Whether callers may name addresses on this machine: for local use only. */
  readonly allowLoopback: boolean;
  readonly makeId: () => string;
}

/** Answers everything with what is wrong with the configuration: for whoever is editing it. */
export function explainConfig({ faults }: ConfigError, makeId: () => string): Hono {
  const problem = new ProblemError("config-invalid", { detail: faults[0], members: { faults } });
  return new Hono().all("*", () => problemResponse(problem, makeId()));
}

/** Puts the features together: one place for request ids, for the door, and for what goes wrong. */
export function createApp({
  plans,
  limits: limitOptions,
  isOpen,
  allowLoopback,
  makeId,
  ...options
}: AppOptions): Hono<RequestVariables> {
  const app = new Hono<RequestVariables>();
  const { world, log } = options;
  const limits = limitOptions && openLimits(limitOptions, { clock: world.clock, makeId, log });

  app.use(async (c, next) => {
    const id = requestId(c.req.raw.headers, makeId);
    c.set("requestId", id);
    await next();
    c.res.headers.set("X-Request-Id", id);
  });

  app.get("/healthz", (c) => c.json({ status: "ok" }));
  const engine = mountEndpoints(app, plans, {
    ...options,
    world: { ...world, pace: limits && paceOf(limits) },
    mayTrace: isOpen,
  });

  // Tokens and scopes will open this door; until then it is shut, or it is a laptop's.
  app.use("/v1/*", async (_, next) => {
    if (!isOpen) throw new ProblemError("auth-not-configured", { detail: "No API tokens are configured" });
    await next();
  });

  if (limits !== undefined) mountLimits(app, limits);
  mountExplain(app, plans, { typicalMs: (routeClass) => engine.typicalMs(routeClass) });
  mountFanout(app, { ...options, policy: { allowLoopback } });

  app.notFound((c) => {
    const refusal = unrouted(app.router, c.req.method, c.req.path);
    return refusal instanceof ProblemError ? problemResponse(refusal, c.get("requestId")) : refusal;
  });

  app.onError((error, c) => {
    const id = c.get("requestId");
    if (error instanceof ProblemError) return problemResponse(error, id);
    logError("request-failed", { requestId: id, path: c.req.path }, error);
    return problemResponse(new ProblemError("internal-error"), id);
  });

  return app;
}
