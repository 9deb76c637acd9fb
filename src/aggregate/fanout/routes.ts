import { type Context, Hono } from "hono";
import { CancelledError, type CancelSignal, queueTimers } from "#kernel";
import type { GuardPolicy } from "../../http/address-guard.ts";
import type { CallerVariables } from "../../http/caller.ts";
import { guarded } from "../../http/guarded.ts";
import type { LogEntry } from "../../http/log.ts";
import { ProblemError } from "../../http/problem.ts";
import { chooseFormat } from "../negotiate.ts";
import type { World } from "../engine.ts";
import { EVENT_STREAM, NDJSON, streamEvents } from "../stream.ts";
import { round } from "../timeline.ts";
import { type OpenLane, openTransport } from "../transport.ts";
import { FanoutAnswer } from "./answer.ts";
import type { ItemResult } from "./item.ts";
import { checkFanout, type Fanout, FanoutBody, LIMITS } from "./request.ts";
import { type FanoutResult, runFanout } from "./run.ts";

/** What the fan-out needs from the app it is mounted in. */
export interface FanoutOptions {
  readonly world: World;
  readonly policy: GuardPolicy;
  readonly log: (entry: LogEntry) => void;
  readonly lanesFor?: ((request: Request) => OpenLane) | undefined;
}

const fanningOut = guarded({
  scope: "fanout",
  summary: "Makes up to a thousand requests at once",
  description:
    "`settled` answers with every outcome, `all` with the first failure if there is one, `first` with the first success. Nothing is kept of it: asked again, it makes its requests again. What must not happen twice carries an `Idempotency-Key` in its own `headers`.",
  takes: { json: FanoutBody },
  maxBodyBytes: LIMITS.requestBytes,
  answers: {
    200: {
      description: "The requests that ended, in their order",
      schema: FanoutAnswer,
      alsoAs: [NDJSON.contentType, EVENT_STREAM.contentType],
    },
  },
  problems: ["fanout-failed"],
});

/** `POST /v1/fanout`: many requests of the caller's own, one answer. */
export function fanoutRoutes(options: FanoutOptions) {
  return new Hono<CallerVariables>().post("/v1/fanout", fanningOut, async (c) => {
    const fanout = checkFanout(c.req.valid("json"), options.policy);
    const format = chooseFormat(c);
    if (format === undefined) return c.json(await answerWhole(c, fanout, options), 200, NO_STORE);
    const source = { signal: c.req.raw.signal, requestId: c.get("requestId"), path: c.req.path };
    const events = streamEvents(format, source, async (emit, inner) => {
      const onResult = (result: ItemResult) => emit("result", toJson(result));
      const { ok, durationMs, results } = await run(c, fanout, inner, options, onResult);
      emit("summary", { ok, mode: fanout.mode, count: results.length, durationMs: round(durationMs) });
    });
    // The typed client reads JSON, and never asks for events: they have no part in the route's type.
    return events as never;
  });
}

const NO_STORE = { "Cache-Control": "no-store" };

async function answerWhole(
  c: Context<CallerVariables>,
  fanout: Fanout,
  options: FanoutOptions,
): Promise<FanoutAnswer> {
  const { signal } = c.req.raw;
  const { ok, results, durationMs } = await run(c, fanout, signal, options).catch((error: unknown) => {
    throw signal.aborted ? new ProblemError("client-closed-request", { cause: error }) : error;
  });
  if (ok) return { mode: fanout.mode, durationMs: round(durationMs), results: results.map(toJson) };
  const failed = results.filter((result) => !result.ok);
  const causes = failed.map(({ id, causes: own, ...result }) => ({
    id,
    outcome: result.ok ? "ok" : result.outcome,
    ...(own && { causes: own }),
  }));
  const detail =
    fanout.mode === "first"
      ? "No request succeeded"
      : `Request \`${causes[0]?.id}\` failed: ${causes[0]?.outcome}`;
  throw new ProblemError("fanout-failed", { detail, members: { causes } });
}

async function run(
  c: Context<CallerVariables>,
  fanout: Fanout,
  signal: CancelSignal,
  { world, policy, log, lanesFor }: FanoutOptions,
  onResult?: (result: ItemResult) => void,
): Promise<FanoutResult> {
  if (signal.aborted) throw new CancelledError("The client left");
  const openLane = fanout.lanes ? lanesFor?.(c.req.raw) : undefined;
  const requestId = c.get("requestId");
  const clock = queueTimers(world.clock);
  const transport = openTransport({ ...world, clock, name: requestId, openLane });
  const beganMs = clock.now();
  const entry = { event: "fanout", requestId, mode: fanout.mode, requests: fanout.items.length };
  try {
    const result = await runFanout(fanout, signal, {
      clock,
      transport,
      policy,
      ...(onResult && { onResult }),
    });
    const failed = result.results.filter(({ ok }) => !ok).length;
    log({ ...entry, ok: result.ok && failed === 0, failed, durationMs: round(result.durationMs) });
    return result;
  } catch (error) {
    log({
      ...entry,
      ok: false,
      status: signal.aborted ? 499 : 500,
      durationMs: round(clock.now() - beganMs),
    });
    throw error;
  }
}

/** A result as the caller sees it. */
function toJson({ startMs, endMs, causes, ...result }: ItemResult): FanoutAnswer["results"][number] {
  return { ...result, ...(causes && { causes: [...causes] }), startMs: round(startMs), endMs: round(endMs) };
}
