import { toAbortSignal } from "#kernel";
import type { RateLimiter } from "../durable-objects/rate-limiter.ts";
import type { LimiterStub, WaitAnswer } from "./limits/stub.ts";

/** Reaches the limiter objects by name. Each key has its own, so that no key waits for another's. */
export function openLimiters(objects: DurableObjectNamespace<RateLimiter>): (name: string) => LimiterStub {
  return (name) => {
    const stub = objects.getByName(name);
    return {
      take: async (set, cost) => await stub.take(set, cost),
      lease: async (set, request) => await stub.lease(set, request),
      giveBack: async (set, id, unused) => await stub.giveBack(set, id, unused),
      cancel: async (set, id) => await stub.cancel(set, id),
      look: async (set) => await stub.look(set),
      async wait(message, signal) {
        const body = JSON.stringify(message);
        const response = await stub.fetch("http://limiter/", {
          method: "POST",
          body,
          signal: toAbortSignal(signal),
        });
        if (!response.ok) throw new Error(`A limiter answered with status ${response.status}`);
        return await response.json<WaitAnswer>();
      },
    };
  };
}
