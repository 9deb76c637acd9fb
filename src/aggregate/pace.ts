import type { CancelSignal } from "#kernel";
import { CallError } from "./failure.ts";
import { type InboundRequest, remainingMs } from "./request.ts";
import type { UpstreamPlan } from "./upstream-plan.ts";

/**
 * Waits until an upstream may be called, no longer than an attempt may take.
 *
 * @throws {CallError} `paced` when it would take longer. The reason of `signal`.
 */
export async function keepPace(
  { pace: policy, origin, timeoutMs }: UpstreamPlan,
  signal: CancelSignal,
  request: InboundRequest,
): Promise<void> {
  const { pace } = request.engine;
  if (policy === undefined || pace === undefined) return;
  const maxWaitMs = Math.floor(Math.min(timeoutMs, remainingMs(request)));
  const keepAlive = (work: Promise<unknown>) => {
    const held = request.keepAlive.hold();
    void work.finally(() => held[Symbol.dispose]());
  };
  const { allowed, retryAfterMs } = await pace({ policy, origin, maxWaitMs, signal, keepAlive });
  if (!allowed) throw new CallError({ kind: "paced", retryAfterMs });
}
