import { describe, expect, it } from "vitest";
import { VirtualClock } from "#kernel";
import { findProblem } from "../../src/aggregate/answer.ts";
import { endpoint, upstream } from "../../src/aggregate/endpoint.ts";
import { createEngine } from "../../src/aggregate/engine.ts";
import { type Outcome, runPlan } from "../../src/aggregate/run.ts";
import { ConfigError, loadConfig } from "../../src/config.ts";
import { openLimits } from "../../src/limits/limits.ts";
import { paceOf } from "../../src/limits/pace.ts";
import { fakeLimiters } from "../limits/fake-limiters.ts";
import { policyOf } from "../limits/policies.ts";
import { type FakeAnswers, fakeUpstream } from "../support/fake-upstream.ts";
import { inbound, worldOf } from "../support/inbound.ts";
import { labels } from "./harness.ts";

type Changes = Partial<Parameters<typeof upstream>[1]>;

/** Several isolates whose calls to one origin, by two names, are paced at 5 at once and 5 a second. */
function fleet(changes: Changes = {}, answers: FakeAnswers = {}) {
  const origin = "https://atlas.example";
  const atlas = upstream("atlas", { origin, pace: "atlas", ...changes });
  const other = upstream("other", { origin, pace: "atlas", ...changes });
  const { plans, limits: planned } = loadConfig(
    {
      endpoints: [
        endpoint("GET /api/things/:id").branch("thing", { from: atlas, get: "/things/:id" }),
        endpoint("GET /api/others/:id").branch("thing", { from: other, get: "/things/:id" }),
      ],
      limits: [policyOf({ name: "atlas" })],
    },
    { variables: {}, allowLoopback: false },
  );
  const clock = new VirtualClock();
  const things = Array.from({ length: 40 }, (_, id) => [`/things/${id}`, { body: { id } }] as const);
  const { fetch } = fakeUpstream(clock, { ...Object.fromEntries(things), ...answers });
  const starts: number[] = [];
  const timedFetch: typeof fetch = async (request, init) => {
    starts.push(clock.now());
    return await fetch(request, init);
  };
  const limiters = fakeLimiters(clock, () => 0);
  const makeIsolate = () => {
    let ids = 0;
    const name = Math.random();
    const world = { clock, makeId: () => `${name}-${(ids += 1)}`, log: () => undefined };
    const limits = openLimits({ ...planned, limiterFor: limiters.limiterFor }, world);
    return createEngine({ ...worldOf(clock, timedFetch), pace: paceOf(limits) });
  };
  const engines = [makeIsolate(), makeIsolate(), makeIsolate()];
  let count = 0;
  const ask = async (signal = new AbortController().signal): Promise<readonly Outcome[]> => {
    count += 1;
    const [plan, engine] = [plans[count % 2], engines[count % 3]];
    if (plan === undefined || engine === undefined) throw new Error("no plan");
    return await runPlan(plan, inbound({ engine, signal, params: { id: `${count}` } }));
  };
  return { clock, ask, starts, limiters, plan: plans[0] };
}

describe("an upstream with a pace", () => {
  it("gets no more than its limit from the whole fleet, by whatever name, first come, first served", async () => {
    const { clock, ask, starts } = fleet();
    const outcomes = await clock.run(Promise.all(Array.from({ length: 20 }, () => ask())));
    expect(outcomes.map(labels)).toEqual(Array.from({ length: 20 }, () => ({ thing: "ok" })));
    expect(starts).toEqual([0, 0, 0, 0, ...Array.from({ length: 16 }, (_, index) => index * 200)]);
  });

  it("is not called by who would wait longer than an attempt may take: that is answered with when to come back", async () => {
    const { clock, ask, starts, plan } = fleet({ timeoutMs: 1_000 });
    const outcomes = await clock.run(Promise.all(Array.from({ length: 12 }, () => ask())));
    expect(outcomes.filter((one) => labels(one)["thing"] === "ok")).toHaveLength(10);
    const refused = outcomes.find((one) => labels(one)["thing"] === "paced");
    if (plan === undefined || refused === undefined) throw new Error("nobody was refused");
    const problem = findProblem(plan, refused);
    expect(problem?.problem).toMatchObject({
      type: "urn:manifold:problem:upstream-unavailable",
      status: 503,
      detail: "Branch `thing` may not be called as often as it would have to be",
    });
    expect(problem?.headers["Retry-After"]).toBe("2");
    expect(starts).toHaveLength(10);
  });

  it("does not look troubled to its breaker when it is only called too often", async () => {
    const breaker = { windowMs: 60_000, minCalls: 1, failureRatio: 0.1, openMs: 60_000 };
    const { clock, ask } = fleet({ timeoutMs: 200, breaker });
    await clock.run(Promise.all(Array.from({ length: 20 }, () => ask())));
    await clock.advance(5_000);
    const outcomes = await clock.run(Promise.all([ask(), ask(), ask()]));
    expect(outcomes.map(labels)).toEqual([{ thing: "ok" }, { thing: "ok" }, { thing: "ok" }]);
  });

  it("is not waited for by whom its breaker refuses", async () => {
    const breaker = { windowMs: 60_000, minCalls: 1, failureRatio: 0.1, openMs: 60_000 };
    const failing = Array.from({ length: 40 }, (_, id) => [`/things/${id}`, { status: 500 }] as const);
    const { clock, ask, limiters } = fleet({ breaker }, Object.fromEntries(failing));
    // One for each name and isolate.
    for (let count = 0; count < 6; count += 1) await clock.run(ask());
    const { calls } = limiters.state;
    expect(labels(await clock.run(ask()))).toEqual({ thing: "broken-circuit" });
    expect(limiters.state.calls).toBe(calls);
  });

  it("loses no turn to a client that has left", async () => {
    const { clock, ask, starts } = fleet();
    const abort = new AbortController();
    const all = Array.from({ length: 8 }, (_, index) => ask(index === 5 ? abort.signal : undefined));
    clock.setTimer(() => abort.abort(), 100);
    await clock.run(Promise.all(all));
    expect(starts).toEqual([0, 0, 0, 0, 0, 200, 400]);
  });

  it("is asked for another turn by each redirect", async () => {
    const redirect = { status: 302, headers: { Location: "/things/39" } };
    const { clock, ask, starts } = fleet(
      {},
      { "/things/1": redirect, "/things/2": redirect, "/things/3": redirect },
    );
    await clock.run(Promise.all([ask(), ask(), ask()]));
    expect(starts).toEqual([0, 0, 0, 0, 0, 200]);
  });

  it("needs a limit that there is", () => {
    const load = () => fleet({ pace: "atals" });
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(
      "GET /api/things/:id: branch `thing`: upstream `atlas`: expected `pace` to name a limit, got `atals`; did you mean `atlas`?",
    );
  });
});
