import { type Context, Hono, type MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import * as z from "zod";
import { explainRoutes } from "./aggregate/explain-routes.ts";
import { fanoutRoutes } from "./aggregate/fanout/routes.ts";
import type { EndpointPlan } from "./aggregate/plan.ts";
import { type EndpointOptions, mountEndpoints } from "./aggregate/routes.ts";
import { admitByTicket, type RoomOptions } from "./chat/rooms.ts";
import { roomRoutes } from "./chat/routes.ts";
import type { ConfigError } from "./config.ts";
import type { CrawlOptions } from "./crawl/options.ts";
import { crawlRoutes } from "./crawl/routes.ts";
import { fileRoutes } from "./files/routes.ts";
import type { ServeOptions } from "./files/serve.ts";
import { noFiles } from "./files/no-files.ts";
import { addHeaders } from "./http/add-headers.ts";
import type { RequestVariables } from "./http/caller.ts";
import { createDoor, type DoorOptions, mayUse } from "./http/door.ts";
import { enterEndpoint, enterV1, protectV1 } from "./http/enter.ts";
import { expectGuarded } from "./http/expect-guarded.ts";
import { logError } from "./http/log.ts";
import { type LimitOptions, openLimits } from "./limits/limits.ts";
import { limitCallers, problemsBefore } from "./limits/limit-callers.ts";
import { paceOf } from "./limits/pace.ts";
import { limitRoutes } from "./limits/routes.ts";
import { taskRoutes } from "./tasks/routes.ts";
import type { TaskOptions } from "./tasks/options.ts";
import { unrouted } from "./http/method-not-allowed.ts";
import { answerOpenApi } from "./http/open-api-route.ts";
import { describeHandler, type Operation } from "./http/operation.ts";
import { ProblemError, problemResponse } from "./http/problem.ts";
import { type Parts, readinessRoutes } from "./http/readiness.ts";
import { requestId } from "./http/request-id.ts";

/** What the app is made of. */
export interface AppOptions extends Omit<EndpointOptions, "mayTrace" | "doorTo">, DoorOptions {
  readonly plans: readonly EndpointPlan[];
  /** Origins whose pages may ask, besides our own. */
  readonly allowedOrigins?: readonly string[];
  /** What callers, and calls to upstreams, are limited by; nothing by default. */
  readonly limits?: LimitOptions;
  /** Where the rooms of chat are; nowhere by default. */
  readonly rooms?: RoomOptions;
  /** Where crawls run; nowhere by default. */
  readonly crawlFor?: CrawlOptions["crawlFor"];
  /** How long a crawl is kept after its end; for good by default. */
  readonly crawlRetentionMs?: number;
  /** Where archives of crawls are; nowhere by default. */
  readonly archives?: CrawlOptions["archives"];
  /** Where files are; nowhere by default. */
  readonly files?: ServeOptions | undefined;
  /** Where tasks are; there are none by default. */
  readonly tasks?: TaskOptions;
  /** What can be asked whether it is there; nothing by default. */
  readonly parts?: Parts;
  /** Whether callers may name addresses on this machine: for local use only. */
  readonly allowLoopback: boolean;
  /** The only hosts that callers may name; every public one by default. */
  readonly hosts?: readonly string[] | undefined;
  readonly makeId: () => string;
}

/** The routes with their types, for Hono's typed client: `hc<Api>(url)`. */
export type Api = ReturnType<typeof createApp>;

/** Answers everything with what is wrong with the configuration: for whoever is editing it. */
export function explainConfig({ faults }: ConfigError, makeId: () => string): Hono {
  const problem = new ProblemError("config-invalid", { detail: faults[0], members: { faults } });
  return new Hono().all("*", () => problemResponse(problem, makeId()));
}

/**
 * Puts the features together: one place for request ids, for the door, and for what goes wrong.
 *
 * @throws {Error} When a route under `/v1` does not say which scope it needs.
 */
export function createApp({
  plans,
  allowedOrigins = [],
  allowLoopback,
  hosts,
  makeId,
  limits: limitOptions = NO_LIMITS,
  rooms = NO_ROOMS,
  crawlFor = noCrawl,
  archives = NO_ARCHIVES,
  crawlRetentionMs: retentionMs = Infinity,
  files,
  tasks = NO_TASKS,
  parts = {},
  ...options
}: AppOptions) {
  const { world, log } = options;
  const limits = openLimits(limitOptions, { clock: world.clock, makeId, log });
  const identify = createDoor(options);
  const policy = { allowLoopback, hosts };
  const entry = { identify, allowedOrigins, admit: admitByTicket(rooms, world) };
  const middleware = [
    stamp(makeId),
    share(allowedOrigins),
    protectV1,
    enterV1(entry),
    limitCallers(limits),
  ] as const;
  const [stamped, shared, protectedV1, entered, limited] = middleware;

  const base = new Hono<RequestVariables>();
  base.use(stamped);
  // Endpoints that everyone may ask pay for none of what follows.
  if (allowedOrigins.length > 0) base.use("/api/*", shared).use("/v1/*", shared);
  const engine = mountEndpoints(base, plans, {
    ...options,
    world: { ...world, pace: paceOf(limits) },
    doorTo: (scope) => enterEndpoint(entry, scope),
    mayTrace: async (request) => await mayUse(identify, request, "admin"),
  });
  base.use("/v1/*", protectedV1, entered, limited);

  const app = base
    .get(
      "/healthz",
      describeHandler(isAlive, () => ALIVE),
    )
    .route("/", readinessRoutes(parts, world.clock))
    .route("/", limitRoutes(limits))
    .route("/", explainRoutes(plans, { typicalMs: (routeClass) => engine.typicalMs(routeClass) }))
    .route("/", fanoutRoutes({ ...options, policy }))
    .route("/", roomRoutes(rooms, world))
    .route("/", fileRoutes(files ?? { ...noFiles, makeId }))
    .route("/", taskRoutes(tasks))
    .route("/", crawlRoutes({ crawlFor, archives, retentionMs, policy, world }));
  expectGuarded(app.routes, middleware);
  app.get(
    "/openapi.json",
    answerOpenApi(() => app.routes, problemsBefore(limits)),
  );

  app.notFound((c) => {
    const refusal = unrouted(app.router, c.req.method, c.req.path);
    return refusal instanceof ProblemError ? problemResponse(refusal, c.get("requestId")) : refusal;
  });

  app.onError(answerError);

  return app;
}

/** Whether only the log can say why. Of what upstreams did, each request to an endpoint has a line of its own. */
function hasHiddenCause({ cause, problem }: ProblemError, path: string): boolean {
  return cause !== undefined && problem.status >= 500 && path.startsWith("/v1/");
}

const NO_LIMITS: LimitOptions = {
  policies: [],
  v1Limit: undefined,
  limiterFor: (name) => {
    throw new Error(`Expected no limit to be asked where there are none, got ${name}`);
  },
};

const NO_ROOMS: RoomOptions = {
  roomFor: (name) => {
    throw new Error(`Expected no room to be asked for where there are none, got ${name}`);
  },
  ticketKey: async () => await Promise.resolve(undefined),
  members: {},
  addressOf: () => undefined,
};

const NO_TASKS: TaskOptions = {
  tasks: { types: new Map(), policies: {}, beatMs: 10_000 },
  shardFor: (shard) => {
    throw new Error(`Expected no shard to be asked for where there are none, got ${shard}`);
  },
  makeId: () => "",
  epochMs: () => 0,
  random: () => 0,
  report: () => undefined,
};

const noCrawl: CrawlOptions["crawlFor"] = (id) => {
  throw new Error(`Expected no crawl to be asked for where there are none, got ${id}`);
};

const NO_ARCHIVES: CrawlOptions["archives"] = { get: async () => await Promise.resolve(null) };

const isAlive = (c: Context) => c.json({ status: "ok" }, 200);

const ALIVE: Operation = {
  scope: undefined,
  summary: "Says that this Manifold is alive",
  answers: { 200: { description: "It is", schema: z.object({ status: z.literal("ok") }) } },
};

/** Answers what went wrong with a problem; the log has what the caller must not see. */
function answerError(error: unknown, c: Context<RequestVariables>): Response {
  const id = c.get("requestId");
  const { path } = c.req;
  const isExpected = error instanceof ProblemError;
  if (!isExpected || hasHiddenCause(error, path)) logError("request-failed", { requestId: id, path }, error);
  return problemResponse(isExpected ? error : new ProblemError("internal-error"), id);
}

/** Gives every request its id, and every answer what is said of all of them. */
function stamp(makeId: () => string): MiddlewareHandler<RequestVariables> {
  return async (c, next) => {
    const id = requestId(c.req.raw.headers, makeId);
    c.set("requestId", id);
    try {
      await next();
    } catch (thrown) {
      // Hono asks `onError` about errors only, and what the configuration's functions throw can be anything.
      c.res = answerError(thrown, c);
    }
    addHeaders(c, { "X-Request-Id": id, "X-Content-Type-Options": "nosniff" });
  };
}

/** Lets pages of these origins read what we answer. */
function share(origins: readonly string[]): MiddlewareHandler {
  const handle = cors({ origin: [...origins], exposeHeaders: READABLE, maxAge: 600 });
  return async (c, next) => {
    // Hono would answer every `OPTIONS`, also one that only asks what a path takes.
    const isQuestion = c.req.method === "OPTIONS" && !c.req.raw.headers.has("Access-Control-Request-Method");
    return isQuestion ? await next() : await handle(c, next);
  };
}

/** Our own fields, and what is needed to come back, which a page of another origin could not see otherwise. */
const READABLE = [
  "X-Request-Id",
  "Manifold-Incomplete",
  "Manifold-Limit",
  "Server-Timing",
  "Location",
  "ETag",
  "Content-Disposition",
  "Content-Range",
  "Retry-After",
  "WWW-Authenticate",
  "RateLimit",
  "RateLimit-Policy",
];
