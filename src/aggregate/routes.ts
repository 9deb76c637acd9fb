import type { Context, Hono, MiddlewareHandler } from "hono";
import { queueTimers } from "#kernel";
import type { RequestVariables } from "../http/caller.ts";
import { expectEncoded } from "../http/expect-encoded.ts";
import { createKeepAlive } from "../http/keep-alive.ts";
import type { LogEntry } from "../http/log.ts";
import { describeHandler } from "../http/operation.ts";
import { ProblemError } from "../http/problem.ts";
import type { Scope } from "../http/scopes.ts";
import { childOf, parseTraceparent } from "../http/trace-context.ts";
import { waitUntil } from "../http/wait-until.ts";
import { report } from "./answer.ts";
import { describeEndpoint } from "./describe-endpoint.ts";
import { createEngine, type Engine, type World } from "./engine.ts";
import { chooseFormat } from "./negotiate.ts";
import type { EndpointPlan } from "./plan.ts";
import type { InboundRequest } from "./request.ts";
import { respond } from "./respond.ts";
import { type Outcome, runPlan } from "./run.ts";
import { streamPlan } from "./stream.ts";
import { round } from "./timeline.ts";
import { type OpenLane, openTransport } from "./transport.ts";

/** What the endpoints need from the app they are mounted in. */
export interface EndpointOptions {
  readonly world: World;
  readonly log: (entry: LogEntry) => void;
  /** Opens lanes near where a request came in; absent where there are none. */
  readonly lanesFor?: ((request: Request) => OpenLane) | undefined;
  /** Whether who asks may see the timeline. Is asked when it is asked for. */
  readonly mayTrace: (request: Request) => Promise<boolean>;
  /** Makes what stands before an endpoint that needs a scope. */
  readonly doorTo: (scope: Scope) => MiddlewareHandler;
}

/** Mounts the configured endpoints. @returns What runs them. */
export function mountEndpoints(
  app: Hono<RequestVariables>,
  plans: readonly EndpointPlan[],
  options: EndpointOptions,
): Engine {
  const engine = createEngine(options.world);
  for (const plan of plans) {
    if (plan.scope !== undefined) app.get(plan.path, options.doorTo(plan.scope));
    const handle = async (c: Context<RequestVariables>) => {
      const { signal } = c.req.raw;
      if (signal.aborted) throw new ProblemError("client-closed-request");
      expectEncoded(c.req.url);
      const clock = queueTimers(engine.clock);
      const beganMs = clock.now();
      const keepAlive = createKeepAlive((work) => waitUntil(c, work));
      try {
        return await answer(plan, c, options, {
          engine,
          clock,
          requestId: c.get("requestId"),
          params: c.req.param(),
          query: queryOf(c.req.url),
          headers: c.req.raw.headers,
          clientAddress: c.req.header("CF-Connecting-IP"),
          trace: childOf(parseTraceparent(c.req.header("traceparent") ?? null), engine.randomBytes),
          signal,
          transport: openTransport({
            ...options.world,
            clock,
            openLane: plan.lanes ? options.lanesFor?.(c.req.raw) : undefined,
          }),
          beganMs,
          deadlineMs: beganMs + plan.deadlineMs,
          keepAlive,
        });
      } finally {
        keepAlive.end();
      }
    };
    app.get(
      plan.path,
      describeHandler(handle, () => describeEndpoint(plan)),
    );
  }
  return engine;
}

/** The query of a URL that the platform has parsed already: its own form, read again, costs microseconds. */
function queryOf(url: string): URLSearchParams {
  const mark = url.indexOf("?");
  return new URLSearchParams(mark === -1 ? "" : url.slice(mark + 1));
}

async function answer(
  plan: EndpointPlan,
  c: Context<RequestVariables>,
  { mayTrace, log }: EndpointOptions,
  request: InboundRequest,
): Promise<Response> {
  const { query, requestId, trace, clock, beganMs, signal } = request;
  const withTimeline = query.get("_timeline") === "1" && (await mayTrace(c.req.raw));
  const logEnd = (outcomes: readonly Outcome[], status: number) =>
    log({
      event: "aggregate",
      ok: status < 400 && outcomes.every(({ kind }) => kind === "ok"),
      requestId,
      traceId: trace.traceId,
      route: plan.route,
      status,
      durationMs: round(clock.now() - beganMs),
      branches: outcomes.map(report),
    });

  const format = chooseFormat(c);
  if (format !== undefined)
    return streamPlan(plan, request, format, { withTimeline, path: c.req.path, onEnd: logEnd });

  const outcomes = await runPlan(plan, request);
  if (signal.aborted) {
    logEnd(outcomes, 499);
    throw new ProblemError("client-closed-request");
  }
  const durationMs = clock.now() - beganMs;
  try {
    const ifNoneMatch = c.req.header("If-None-Match") ?? null;
    const response = respond(plan, outcomes, { durationMs, withTimeline, ifNoneMatch });
    logEnd(outcomes, response.status);
    return response;
  } catch (error) {
    logEnd(outcomes, error instanceof ProblemError ? error.problem.status : 500);
    throw error;
  }
}
