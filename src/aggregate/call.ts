import { isCancellation, type Semaphore } from "#kernel";
import { CallError } from "./failure.ts";
import { readJson } from "./json-body.ts";
import type { Target } from "./target.ts";
import type { UpstreamPlan } from "./upstream-plan.ts";

/** Statuses that come without a body (RFC 9110, 15.3.5 and 15.3.6). */
const EMPTY = new Set([204, 205]);

/** What a call needs from its surroundings. */
export interface CallContext {
  readonly fetch: (request: string, init: RequestInit) => Promise<Response>;
  /** The invocation's connections; a call holds one until its headers are there, as the platform counts. */
  readonly connections: Semaphore;
  readonly requestId: string;
}

/**
 * Gets one JSON document from an upstream.
 *
 * @returns The parsed body; `null` where the status has none.
 * @throws {CallError} When that fails. The reason of `signal`.
 */
export async function getJson(
  upstream: UpstreamPlan,
  target: Target,
  signal: AbortSignal,
  context: CallContext,
): Promise<unknown> {
  const response = await send(upstream, target, signal, context);
  if (!response.ok) {
    await response.body?.cancel();
    throw new CallError({ kind: "status", status: response.status });
  }
  if (EMPTY.has(response.status)) return null;
  return await readJson(response, upstream.maxBytes, signal);
}

async function send(
  upstream: UpstreamPlan,
  target: Target,
  signal: AbortSignal,
  { fetch, connections, requestId }: CallContext,
): Promise<Response> {
  using _connection = await connections.acquire(signal);
  try {
    return await fetch(`${upstream.origin}${target.pathAndQuery}`, {
      headers: { Accept: "application/json", ...upstream.headers, "X-Request-Id": requestId },
      signal,
    });
  } catch (error) {
    if (isCancellation(error, signal)) throw error;
    throw new CallError({ kind: "unreachable" }, { cause: error });
  }
}
