import { CancelledError, type CancelSignal, linkAbort } from "#kernel";
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

/** Writes events into a body, as they come. */
export type EmitEvent = (event: string, data: object) => void;

/**
 * Answers with events while work goes on. A client that leaves aborts the work, and the body ends only when the
 * work has.
 *
 * @param work Its rejection breaks the body off: what it wants to say of a failure, it emits.
 */
export function streamEvents(
  format: StreamFormat,
  parent: CancelSignal,
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
      work(emit, abort.signal)
        .then(
          () => controller.close(),
          (error: unknown) => controller.error(error),
        )
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
  /** Is told of all outcomes when the last is there. */
  readonly onEnd: (outcomes: readonly Outcome[], status: number) => void;
}

/** Answers with a `branch` event for each branch as it lands, then a `summary`. */
export function streamPlan(
  plan: EndpointPlan,
  request: InboundRequest,
  format: StreamFormat,
  { withTimeline, onEnd }: StreamOptions,
): Response {
  return streamEvents(format, request.signal, async (emit, signal) => {
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
