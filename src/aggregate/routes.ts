import type { Context, Hono } from "hono";
import { queueTimers } from "#kernel";
import type { LogEntry } from "../http/log.ts";
import { createKeepAlive } from "../http/keep-alive.ts";
import { ProblemError } from "../http/problem.ts";
import { childOf, parseTraceparent } from "../http/trace-context.ts";
import { report } from "./answer.ts";
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
  /** Whether a caller may see the timeline. */
  readonly mayTrace: boolean;
}

/** Every request has an id when it reaches a feature. */
export interface RequestVariables {
  readonly Variables: { requestId: string };
}

/** Mounts the configured endpoints. @returns What runs them. */
export function mountEndpoints(
  app: Hono<RequestVariables>,
  plans: readonly EndpointPlan[],
  options: EndpointOptions,
): Engine {
  const engine = createEngine(options.world);
  for (const plan of plans) {
    app.get(plan.path, async (c) => {
      const { signal } = c.req.raw;
      if (signal.aborted) throw new ProblemError("client-closed-request");
      const clock = queueTimers(engine.clock);
      const beganMs = clock.now();
      return await answer(plan, c, options, {
        engine,
        clock,
        requestId: c.get("requestId"),
        params: c.req.param(),
        query: new URL(c.req.url).searchParams,
        headers: c.req.raw.headers,
        clientAddress: c.req.header("CF-Connecting-IP"),
        trace: childOf(parseTraceparent(c.req.header("traceparent") ?? null), engine.randomBytes),
        signal,
        transport: openTransport({
          ...options.world,
          clock,
          name: c.get("requestId"),
          openLane: plan.lanes ? options.lanesFor?.(c.req.raw) : undefined,
        }),
        beganMs,
        deadlineMs: beganMs + plan.deadlineMs,
        keepAlive: createKeepAlive((work) => waitUntil(c, work)),
      });
    });
  }
  return engine;
}

async function answer(
  plan: EndpointPlan,
  c: Context<RequestVariables>,
  { mayTrace, log }: EndpointOptions,
  request: InboundRequest,
): Promise<Response> {
  const { query, requestId, trace, clock, beganMs, signal } = request;
  const withTimeline = mayTrace && query.get("_timeline") === "1";
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
  if (format !== undefined) return streamPlan(plan, request, format, { withTimeline, onEnd: logEnd });

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

/** Keeps the request's context alive for work that outlives the answer, where the platform has such a thing. */
function waitUntil(c: Context<RequestVariables>, work: Promise<unknown>): void {
  try {
    c.executionCtx.waitUntil(work);
  } catch {
    // Hono throws where there is no execution context: on Node, where work goes on by itself.
  }
}
