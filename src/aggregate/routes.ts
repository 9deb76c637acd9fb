import type { Context, Hono } from "hono";
import { type Clock, Semaphore } from "#kernel";
import { ProblemError } from "../http/problem.ts";
import type { EndpointPlan } from "./plan.ts";
import { respond } from "./respond.ts";
import { runPlan } from "./run.ts";

/** How many connections an invocation may have that wait for headers: Cloudflare's limit, kept locally too. */
const CONNECTIONS = 6;

/** What the endpoints need from the app they are mounted in. */
export interface EndpointOptions {
  readonly clock: Clock;
  readonly fetch: (request: string, init: RequestInit) => Promise<Response>;
  /** Whether a caller may see the timeline. */
  readonly mayTrace: boolean;
}

/** Every request has an id when it reaches a feature. */
export interface RequestVariables {
  readonly Variables: { requestId: string };
}

/** Mounts the configured endpoints. */
export function mountEndpoints(
  app: Hono<RequestVariables>,
  plans: readonly EndpointPlan[],
  options: EndpointOptions,
): void {
  for (const plan of plans) app.get(plan.path, async (c) => await answer(plan, c, options));
}

async function answer(
  plan: EndpointPlan,
  c: Context<RequestVariables>,
  { clock, fetch, mayTrace }: EndpointOptions,
): Promise<Response> {
  const { signal } = c.req.raw;
  if (signal.aborted) throw new ProblemError("client-closed-request");
  const query = new URL(c.req.url).searchParams;
  const beganMs = clock.now();
  const outcomes = await runPlan(plan, {
    params: c.req.param(),
    query,
    signal,
    clock,
    fetch,
    connections: new Semaphore(CONNECTIONS),
    requestId: c.get("requestId"),
  });
  if (signal.aborted) throw new ProblemError("client-closed-request");
  return respond(plan, outcomes, {
    durationMs: clock.now() - beganMs,
    withTimeline: mayTrace && query.get("_timeline") === "1",
  });
}
