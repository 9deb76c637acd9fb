import type { CancelSignal, Clock } from "#kernel";
import { forwardHeaders } from "../http/forward-headers.ts";
import type { KeepAlive } from "../http/keep-alive.ts";
import { childOf, formatTraceparent, type TraceContext } from "../http/trace-context.ts";
import type { Engine } from "./engine.ts";
import type { Transport } from "./transport.ts";
import type { UpstreamPlan } from "./upstream-plan.ts";

/** The request being answered, as every call for it sees it. */
export interface InboundRequest {
  readonly engine: Engine;
  /** The engine's, whose timers share one for as long as the request takes. */
  readonly clock: Clock;
  readonly requestId: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly clientAddress: string | undefined;
  /** This request's own span; the caller's trace goes on in it. */
  readonly trace: TraceContext;
  /** Aborts when the client leaves. */
  readonly signal: CancelSignal;
  /** The way to the network, with the invocation's six connections and its lanes. */
  readonly transport: Transport;
  /** When it began and when it must be answered, by the engine's clock. */
  readonly beganMs: number;
  readonly deadlineMs: number;
  /** Keeps the request's context alive when it has been answered or left. */
  readonly keepAlive: KeepAlive;
}

/** How long the request has left, in milliseconds ≥ 0. */
export function remainingMs({ clock, deadlineMs }: InboundRequest): number {
  return Math.max(0, deadlineMs - clock.now());
}

const NOTHING: Readonly<Record<string, string>> = {};

/** The caller's fields that an upstream is meant to see. */
export function forwarded(upstream: UpstreamPlan, request: InboundRequest): Readonly<Record<string, string>> {
  if (upstream.forward.length === 0) return NOTHING;
  const { headers, clientAddress } = request;
  return forwardHeaders(headers, { allow: upstream.forward, clientAddress });
}

/** The fields that an attempt adds, by lower-case name: which request it is for, which span it is, what time it has. */
export function attemptHeaders(request: InboundRequest, limitMs: number): Record<string, string> {
  return {
    "x-request-id": request.requestId,
    "manifold-timeout-ms": String(Math.ceil(limitMs)),
    traceparent: formatTraceparent(childOf(request.trace, request.engine.randomBytes)),
  };
}
