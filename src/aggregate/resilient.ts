import { type CancelSignal, firstSuccess, isCancellation, retry, TimeoutError, withTimeout } from "#kernel";
import type { AttemptKind, AttemptLog } from "./attempt-log.ts";
import type { SourcePlan } from "./branch-plan.ts";
import { getDocument } from "./call.ts";
import type { HedgeOptions, RetryReason } from "./definition.ts";
import type { Document } from "./document.ts";
import type { ClassState } from "./engine.ts";
import { CallError, type Fault, isUpstreamTrouble, label, retryAfterMs } from "./failure.ts";
import { keepPace } from "./pace.ts";
import { type InboundRequest, remainingMs } from "./request.ts";
import type { Target } from "./target.ts";

/** A hedge was not sent after all: no failure, only no second copy. */
class NotHedgedError extends Error {
  override readonly name = "NotHedgedError";
}

/**
 * Gets a document with all that a source's plan allows: attempts behind the breaker, hedged when slow, tried again
 * when that may help and the budget bears it.
 *
 * @param kind What the first attempt is: `first`, or `fallback` for a source that stands in for another.
 * @throws {CallError} Of the last attempt, the earlier ones suppressed. The reason of `signal`.
 */
export function getResiliently(
  source: SourcePlan,
  target: Target,
  kind: AttemptKind,
  signal: CancelSignal,
  request: InboundRequest,
  log: AttemptLog,
): Promise<Document> {
  const { engine, clock } = request;
  const state = engine.stateOf(source);
  const once: AttemptOnce = (inner, why) => attemptOnce(source, target, why, state, inner, request, log);
  const attempt: AttemptOnce =
    source.upstream.pace === undefined
      ? once
      : async (inner, why) => {
          // Whoever is refused by the breaker need not wait for that.
          if (state.breaker?.state(clock.now()) !== "open") await keepPace(source.upstream, inner, request);
          return await once(inner, why);
        };
  const attemptHedged = (inner: CancelSignal, count: number) =>
    hedged(source.hedge, state, inner, request, count > 1 ? "retry" : kind, attempt);
  if (source.retry.attempts === 1) {
    state.budget.earn();
    return attemptHedged(signal, 1);
  }
  return retry(
    (inner, _span, count) => attemptHedged(inner, count),
    {
      ...source.retry,
      totalMs: remainingMs(request),
      isRetryable: (error) => error instanceof CallError && isRetryable(error.fault, source.retry.on),
      retryAfterMs: (error) => (error instanceof CallError ? retryAfterMs(error.fault) : undefined),
      budget: state.budget,
      random: engine.random,
    },
    { signal, clock },
  );
}

type AttemptOnce = (signal: CancelSignal, kind: AttemptKind) => Promise<Document>;

/** One attempt; a second copy beside it when it takes longer than most have lately. */
function hedged(
  hedge: HedgeOptions | undefined,
  state: ClassState,
  signal: CancelSignal,
  request: InboundRequest,
  kind: AttemptKind,
  attempt: AttemptOnce,
): Promise<Document> {
  const p95 = hedge === undefined ? undefined : state.latencies.quantile(0.95);
  // When most calls are slow, a second copy is no quicker than the first: it only adds to what makes them slow.
  if (hedge === undefined || p95 === undefined || p95 > hedge.maxMs) return attempt(signal, kind);
  return attemptTwice(Math.max(hedge.minMs, p95), state, signal, request, kind, attempt);
}

async function attemptTwice(
  staggerMs: number,
  { budget }: ClassState,
  signal: CancelSignal,
  { clock }: InboundRequest,
  kind: AttemptKind,
  attempt: AttemptOnce,
): Promise<Document> {
  let hasFailed = false;
  const original = async (inner: CancelSignal) => {
    try {
      return await attempt(inner, kind);
    } catch (error) {
      hasFailed = true;
      throw error;
    }
  };
  const copy = async (inner: CancelSignal) => {
    // After a failure it would be a retry, which is decided elsewhere.
    if (hasFailed || !budget.trySpend()) throw new NotHedgedError();
    return await attempt(inner, "hedge");
  };
  try {
    return await firstSuccess([original, copy], { signal, clock, staggerMs });
  } catch (error) {
    const causes: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
    throw causes.find((cause) => !(cause instanceof NotHedgedError)) ?? error;
  }
}

/** One attempt under its own limit, let through and counted by the breaker. */
async function attemptOnce(
  { upstream }: SourcePlan,
  target: Target,
  kind: AttemptKind,
  { breaker, latencies }: ClassState,
  signal: CancelSignal,
  request: InboundRequest,
  log: AttemptLog,
): Promise<Document> {
  const { clock } = request;
  const startMs = clock.now();
  const admission = breaker?.admit(startMs);
  if (admission?.allowed === false) {
    throw new CallError({ kind: "broken-circuit", retryAfterMs: admission.retryAfterMs });
  }
  const end = log.begin(upstream.name, kind);
  const record = (result: "success" | "failure" | "neutral", outcome: string) => {
    if (admission !== undefined) breaker?.record(clock.now(), admission, result);
    end(outcome);
  };
  try {
    const get = (inner: CancelSignal) => getDocument(upstream, target, inner, request);
    // Whose time is over leaves, which ends the attempt unless others wait for it who have more.
    const document = await withTimeout(get, upstream.timeoutMs, { signal, clock });
    latencies.record(clock.now() - startMs);
    record("success", "ok");
    return document;
  } catch (error) {
    if (isCancellation(error, signal)) {
      // What runs into the branch's or the request's limit is as slow as what runs into its own.
      const isSlow = signal.reason instanceof TimeoutError;
      record(isSlow ? "failure" : "neutral", isSlow ? "timeout" : "cancelled");
      throw error;
    }
    const failure = toCallError(error);
    if (failure === undefined) {
      record("neutral", "error");
      throw error;
    }
    record(isUpstreamTrouble(failure.fault) ? "failure" : "success", label(failure.fault));
    throw failure;
  }
}

/** What the caller can be told of an error; `undefined` of a bug. */
function toCallError(error: unknown): CallError | undefined {
  if (error instanceof CallError) return error;
  if (!(error instanceof TimeoutError)) return undefined;
  return new CallError({ kind: "timeout", limitMs: Math.round(error.limitMs) }, { cause: error });
}

/** Whether a fault is one of those for which a source tries again. */
function isRetryable(fault: Fault, reasons: readonly RetryReason[]): boolean {
  const reason = reasonOf(fault);
  return reason !== undefined && reasons.includes(reason);
}

function reasonOf(fault: Fault): RetryReason | undefined {
  if (fault.kind === "unreachable" || fault.kind === "reset") return "connection";
  if (fault.kind === "timeout") return "timeout";
  if (fault.kind !== "status") return undefined;
  if ([502, 503, 504].includes(fault.status)) return "unavailable";
  return fault.status === 429 && fault.retryAfterMs !== undefined ? "throttled" : undefined;
}
