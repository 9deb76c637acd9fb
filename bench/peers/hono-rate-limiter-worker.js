// hono-rate-limiter over its own Durable Object store, doing what bench/limits.bench.ts asks for.
import { DurableObjectRateLimiter, DurableObjectStore } from "@hono-rate-limiter/cloudflare";
import { Hono } from "hono";
import { rateLimiter } from "hono-rate-limiter";
import { answer } from "../limits/decisions.ts";

const LIMITS = { high: 1_000_000_000, low: 1_000 };
let app;

function open(env) {
  const made = new Hono();
  for (const [name, limit] of Object.entries(LIMITS)) {
    const middleware = rateLimiter({
      windowMs: 1_000,
      limit,
      standardHeaders: "draft-7",
      keyGenerator: (c) => `${name}:${c.req.query("key")}`,
      store: new DurableObjectStore({ namespace: env.OBJECTS }),
    });
    made.get(`/${name}`, middleware, (c) => c.text("ok"));
  }
  return made;
}

export { DurableObjectRateLimiter };
// oxlint-disable-next-line import/no-default-export -- the runtime asks for it
export default {
  async fetch(request, env, context) {
    app ??= open(env);
    const decide = async (key, limit) =>
      (await app.fetch(new Request(`http://peer/${limit}?key=${key}`), env, context)).status === 200;
    return Response.json(await answer(new URL(request.url), { decide }));
  },
};
