import type { Context, Hono } from "hono";
import { CancelledError, type CancelSignal, queueTimers } from "#kernel";
import type { GuardPolicy } from "../../http/address-guard.ts";
import type { LogEntry } from "../../http/log.ts";
import { readJsonBody } from "../../http/json-request.ts";
import { ProblemError } from "../../http/problem.ts";
import { chooseFormat } from "../negotiate.ts";
import type { World } from "../engine.ts";
import type { RequestVariables } from "../routes.ts";
import { streamEvents } from "../stream.ts";
import { round } from "../timeline.ts";
import { type OpenLane, openTransport } from "../transport.ts";
import type { ItemResult } from "./item.ts";
import { type Fanout, LIMITS, parseFanout } from "./request.ts";
import { type FanoutResult, runFanout } from "./run.ts";

/** What the fan-out needs from the app it is mounted in. */
export interface FanoutOptions {
  readonly world: World;
  readonly policy: GuardPolicy;
  readonly log: (entry: LogEntry) => void;
  readonly lanesFor?: ((request: Request) => OpenLane) | undefined;
}

/** Mounts `POST /v1/fanout`: many requests of the caller's own, one answer. */
export function mountFanout(app: Hono<RequestVariables>, options: FanoutOptions): void {
  app.post("/v1/fanout", async (c) => {
    const fanout = parseFanout(await readJsonBody(c.req.raw, LIMITS.requestBytes), options.policy);
    const format = chooseFormat(c);
    if (format === undefined) return await answerWhole(c, fanout, options);
    const { signal } = c.req.raw;
    return streamEvents(format, signal, async (emit, inner) => {
      const onResult = (result: ItemResult) => emit("result", toJson(result));
      const { ok, durationMs, results } = await run(c, fanout, inner, options, onResult);
      emit("summary", { ok, mode: fanout.mode, count: results.length, durationMs: round(durationMs) });
    });
  });
}

async function answerWhole(
  c: Context<RequestVariables>,
  fanout: Fanout,
  options: FanoutOptions,
): Promise<Response> {
  const { signal } = c.req.raw;
  const { ok, results, durationMs } = await run(c, fanout, signal, options).catch((error: unknown) => {
    throw signal.aborted ? new ProblemError("client-closed-request", { cause: error }) : error;
  });
  if (ok) {
    return c.json({ mode: fanout.mode, durationMs: round(durationMs), results: results.map(toJson) }, 200, {
      "Cache-Control": "no-store",
    });
  }
  const failed = results.filter((result) => !result.ok);
  const causes = failed.map(({ id, ...result }) => ({ id, outcome: result.ok ? "ok" : result.outcome }));
  const detail =
    fanout.mode === "first"
      ? "No request succeeded"
      : `Request \`${causes[0]?.id}\` failed: ${causes[0]?.outcome}`;
  throw new ProblemError("fanout-failed", { detail, members: { causes } });
}

async function run(
  c: Context<RequestVariables>,
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
function toJson({ startMs, endMs, ...result }: ItemResult): object {
  return { ...result, startMs: round(startMs), endMs: round(endMs) };
}
