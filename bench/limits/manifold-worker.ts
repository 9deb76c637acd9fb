import { systemClock } from "#kernel";
import { openLimiters } from "../../src/limiters.ts";
import type { RateLimiter } from "../../durable-objects/rate-limiter.ts";
import { createLimitClient, type Mode } from "../../src/limits/client.ts";
import type { PolicySet } from "../../src/limits/policy.ts";
import { answer } from "./decisions.ts";

interface Env {
  readonly RATE_LIMITERS: DurableObjectNamespace<RateLimiter>;
  readonly MODE: Mode;
}

const setOf = (name: string, tokens: number): PolicySet => [
  {
    name,
    capacity: tokens,
    refill: { tokens, perMs: 1_000 },
    maxWaitMs: 30_000,
    maxWaiters: 1_000,
    onFailure: "closed",
  },
];

const SETS = { high: setOf("high", 1_000_000_000), low: setOf("low", 1_000), demo: setOf("demo", 5) };

let client: ReturnType<typeof createLimitClient> | undefined;

/** What an isolate does with its limits, without the rest of the product. */
async function serve(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
  client ??= createLimitClient({
    clock: systemClock,
    limiterFor: openLimiters(env.RATE_LIMITERS),
    makeId: () => crypto.randomUUID(),
    log: () => undefined,
  });
  const asking = client;
  const ask = async (set: PolicySet, key: string, mode: Mode) =>
    await asking.ask({
      set,
      key,
      cost: 1,
      mode,
      signal: request.signal,
      keepAlive: (work) => context.waitUntil(work),
    });
  const body = await answer(new URL(request.url), {
    decide: async (key, limit) => (await ask(SETS[limit], key, env.MODE)).allowed,
    wait: async (key) => void (await ask(SETS.demo, key, "wait")),
  });
  return Response.json(body);
}

export { RateLimiter } from "../../durable-objects/rate-limiter.ts";
// oxlint-disable-next-line import/no-default-export -- the runtime asks for it
export default { fetch: serve };
