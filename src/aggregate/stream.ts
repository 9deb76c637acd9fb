import { CancelledError, type CancelSignal, isCancellation, linkAbort } from "#kernel";
import { logError } from "../http/log.ts";
import { ProblemError } from "../http/problem.ts";
import { findProblem, incomplete, report } from "./answer.ts";
import type { EndpointPlan } from "./plan.ts";
import type { InboundRequest } from "./request.ts";
import { type Outcome, runPlan } from "./run.ts";
import { round, toTimeline } from "./timeline.ts";

/** How events are written down one after the other. */
export interface StreamFormat {
  readonly contentType: string;
  /** @param index Counts from 0. */
  write(event: string, data: object, index: number): string;
}

/** One JSON text a line, its kind in the member `event`. */
export const NDJSON: StreamFormat = {
  contentType: "application/x-ndjson",
  write: (event, data) => `${JSON.stringify({ event, ...data })}\n`,
};

/** Server-Sent Events (HTML Standard, 9.2). */
export const EVENT_STREAM: StreamFormat = {
  contentType: "text/event-stream",
  write: (event, data, index) => `id: ${index}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`,
};

/** The request that events are for. */
export interface EventSource {
  readonly signal: CancelSignal;
  readonly requestId: string;
  readonly path: string;
}

/** Writes events into a body, as they come. */
export type EmitEvent = (event: string, data: object) => void;

/**
 * Answers with events while work goes on. A client that leaves aborts the work, and the body ends only when the
 * work has.
 *
 * @param work What it has to say of a failure that it expects, it emits. Another ends the body with a `summary` that
 *   has a problem, and is logged.
 */
export function streamEvents(
  format: StreamFormat,
  { signal: parent, requestId, path }: EventSource,
  work: (emit: EmitEvent, signal: CancelSignal) => Promise<void>,
): Response {
  const encoder = new TextEncoder();
  const abort = linkAbort(parent);
  let index = 0;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const emit: EmitEvent = (event, data) => {
        if (!abort.signal.aborted) controller.enqueue(encoder.encode(format.write(event, data, index++)));
      };
      const fail = (error: unknown) => {
        if (isCancellation(error, abort.signal)) return;
        logError("request-failed", { requestId, path }, error);
        const { problem } = new ProblemError("internal-error");
        emit("summary", { status: problem.status, problem: { ...problem, instance: requestId } });
      };
      work(emit, abort.signal)
        .catch(fail)
        .then(() => controller.close())
        .finally(() => abort[Symbol.dispose]())
        .catch(() => undefined); // a client that has left has closed the body already
    },
    cancel: () => abort.abort(new CancelledError("The client left")),
  });
  const headers = { "Content-Type": format.contentType, "Cache-Control": "no-store", Vary: "Accept" };
  return new Response(body, { headers });
}

interface StreamOptions {
  readonly withTimeline: boolean;
  readonly path: string;
  /** Is told of all outcomes when the last is there. */
  readonly onEnd: (outcomes: readonly Outcome[], status: number) => void;
}

/** Answers with a `branch` event for each branch as it lands, then a `summary`. */
export function streamPlan(
  plan: EndpointPlan,
  request: InboundRequest,
  format: StreamFormat,
  { withTimeline, path, onEnd }: StreamOptions,
): Response {
  const { signal: parent, requestId } = request;
  return streamEvents(format, { signal: parent, requestId, path }, async (emit, signal) => {
    const onOutcome = (outcome: Outcome) => {
      const value = outcome.kind === "ok" ? { value: outcome.value } : {};
      emit("branch", { ...report(outcome), ...value });
    };
    const outcomes = await runPlan(plan, { ...request, signal }, { onOutcome });
    const problem = findProblem(plan, outcomes)?.problem;
    const durationMs = request.clock.now() - request.beganMs;
    emit("summary", {
      status: problem?.status ?? 200,
      durationMs: round(durationMs),
      incomplete: incomplete(outcomes) ?? null,
      ...(problem !== undefined && { problem: { ...problem, instance: request.requestId } }),
      ...(withTimeline && { _timeline: toTimeline(outcomes, durationMs) }),
    });
    onEnd(outcomes, signal.aborted ? 499 : (problem?.status ?? 200));
  });
}
