import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { RateLimiter } from "../../durable-objects/rate-limiter.ts";
import { endpoint, upstream } from "../../src/aggregate/endpoint.ts";
import { openLimiters } from "../../src/limiters.ts";
import { planPolicies } from "../../src/limits/policy.ts";
import { policyOf } from "../limits/policies.ts";
import { wholeApp } from "../support/whole-app.ts";

/** Three calls, and no other while a test runs. */
const limits = [
  policyOf({ name: "open", capacity: 3, refill: { tokens: 1, perMs: 86_400_000 } }),
  policyOf({ name: "closed", capacity: 3, refill: { tokens: 1, perMs: 86_400_000 }, onFailure: "closed" }),
];

/** Two isolates that call one upstream at a pace, and the calls that reach it. */
function fleet(name: string, pace: "open" | "closed") {
  const from = upstream("atlas", { origin: `https://${name}.example.com`, timeoutMs: 5_000, pace });
  // Each its own: calls that are alike would be made once.
  const things = endpoint("GET /api/things/:id").branch("thing", { from, get: "/things/:id" });
  const config = { endpoints: [things], limits };
  const calls: string[] = [];
  const fetch = async (url: string) => {
    calls.push(url);
    return await Promise.resolve(Response.json({}));
  };
  const policies = planPolicies(limits, () => undefined);
  const own = { policies, v1Limit: undefined, limiterFor: openLimiters(env.RATE_LIMITERS) };
  const isolates = [1, 2].map(
    () => wholeApp({ config, fetch, limits: own, makeId: () => crypto.randomUUID() }).app,
  );
  const ask = async (count: number) =>
    await Promise.all(
      Array.from({ length: count }, async (_, id) => await isolates[id % 2]?.request(`/api/things/${id}`)),
    );
  return { ask, calls };
}

afterEach(() => void vi.restoreAllMocks());

describe("an upstream with a pace, over objects", () => {
  it("gets no more than its limit from two isolates, and the others are told when to come back", async () => {
    const { ask, calls } = fleet("paced", "closed");
    const answers = await ask(8);
    expect(calls).toHaveLength(3);
    const counts = Map.groupBy(answers, (response) => response?.status);
    expect([counts.get(200)?.length, counts.get(503)?.length]).toEqual([3, 5]);
    const refused = answers.find((response) => response?.status === 503);
    expect(Number(refused?.headers.get("Retry-After"))).toBeGreaterThan(80_000);
  });

  it.each([
    ["open", 200, 2],
    ["closed", 503, 0],
  ] as const)("is called as the limit says when its object fails: %s", async (pace, status, called) => {
    vi.spyOn(RateLimiter.prototype, "fetch").mockImplementation(() => {
      throw new Error("The object is gone");
    });
    const { ask, calls } = fleet(`failing-${pace}`, pace);
    const answers = await ask(2);
    expect(answers.map((response) => response?.status)).toEqual([status, status]);
    expect(calls).toHaveLength(called);
  });
});
