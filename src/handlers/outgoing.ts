import type { CancelSignal } from "#kernel";
import { AddressError, guardedFetch, type OutgoingRequest } from "../http/guarded-fetch.ts";
import { parseRetryAfter } from "../http/retry-after.ts";
import type { TaskServices } from "../tasks/context.ts";
import { NotRetryableError, RetryAfterError } from "../tasks/define.ts";

/** What a request of a task is sent with. */
interface Outgoing {
  readonly services: TaskServices;
  readonly signal: CancelSignal;
  readonly mostRedirects: number;
}

/**
 * Sends a task's request, guarded.
 *
 * @throws {NotRetryableError} When the guard refuses it: its address will be no better next time.
 */
export async function send(request: OutgoingRequest, { services, signal, mostRedirects }: Outgoing) {
  const { allowLoopback, hosts } = services;
  const policy = { allowLoopback, hosts };
  try {
    return await guardedFetch(request, { fetch: services.fetch, policy, signal, mostRedirects });
  } catch (error) {
    if (error instanceof AddressError) throw new NotRetryableError(error.message, { cause: error });
    throw error;
  }
}

/** Statuses that may be others later, besides those of a server in trouble. */
const LATER = new Set([408, 425, 429]);

/** What an attempt fails with after an answer that is no success. */
export function failureOf(response: Response, nowEpochMs: number): Error {
  const { status } = response;
  if (status >= 500 || LATER.has(status)) return laterError(response, nowEpochMs);
  return new NotRetryableError(`It answered with status ${status}`);
}

/** What an attempt fails with after an answer that may be better later: not before the other side wants it. */
export function laterError(response: Response, nowEpochMs: number): Error {
  const date = response.headers.get("Date");
  const retryAfterMs = parseRetryAfter(response.headers.get("Retry-After"), { nowEpochMs, date });
  const message = `It answered with status ${response.status}`;
  return retryAfterMs === undefined ? new Error(message) : new RetryAfterError(message, retryAfterMs);
}
