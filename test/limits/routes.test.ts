import { type Context, Hono } from "hono";
import { describe, expect, it } from "vitest";
import { systemClock } from "#kernel";
import type { CallerVariables } from "../../src/http/caller.ts";
import { protectV1 } from "../../src/http/enter.ts";
import { ProblemError, problemResponse } from "../../src/http/problem.ts";
import { openLimits } from "../../src/limits/limits.ts";
import { rateLimit, type RateLimitOptions } from "../../src/limits/middleware.ts";
import { limitCallers } from "../../src/limits/limit-callers.ts";
import { limitRoutes } from "../../src/limits/routes.ts";
import { planPolicies } from "../../src/limits/policy.ts";
import { fakeLimiters } from "./fake-limiters.ts";

const DAY_MS = 86_400_000;

/** Limits; the tokens of `demo` and `day` do not come back while a test runs. */
function stage({ onFailure = "open", v1Limit }: { onFailure?: "open" | "closed"; v1Limit?: string } = {}) {
  const refill = { tokens: 1, perMs: DAY_MS };
  const policies = planPolicies(
    [
      { name: "demo", capacity: 5, refill, onFailure, maxWaitMs: 1_000 },
      { name: "day", capacity: 7, refill, onFailure, maxWaitMs: 2 * DAY_MS },
      { name: "quick", capacity: 2, refill: { tokens: 1, perMs: 10 }, onFailure },
    ],
    () => undefined,
  );
  const { limiterFor, state } = fakeLimiters(systemClock, () => 0);
  let ids = 0;
  const world = { clock: systemClock, makeId: () => `${(ids += 1)}`, log: () => undefined };
  const limits = openLimits({ policies, v1Limit, limiterFor }, world);
  const app = new Hono<CallerVariables>();
  app.onError((error, c) => {
    if (error instanceof ProblemError) return problemResponse(error, "id");
    return c.text(error.message, 500);
  });
  const caller = { name: "ada", scopes: ["limits"] as const };
  app.use(async (c, next) => {
    c.set("caller", caller);
    await next();
  });
  app.use("/v1/*", protectV1, limitCallers(limits)).route("/", limitRoutes(limits));
  const acquire = async (body: unknown, path = "demo", init: RequestInit = {}) =>
    await app.request(`/v1/limits/${path}/acquire`, { method: "POST", body: JSON.stringify(body), ...init });
  const look = async (query = "key=k", path = "demo") => await app.request(`/v1/limits/${path}?${query}`);
  const list = async () => await app.request("/v1/limits");
  return { app, limits, state, acquire, look, list };
}

/** What a call of an object fails with. */
const OUTAGES = [
  ["failed", new Error("Network connection lost.")],
  ["overloaded", Object.assign(new Error("Durable Object is overloaded."), { overloaded: true })],
] as const;

describe("POST /v1/limits/:policy/acquire", () => {
  it("takes tokens while there are any, and says what is left", async () => {
    const { acquire } = stage();
    const response = await acquire({ key: "k", cost: 2 });
    expect(response.status).toBe(200);
    expect(response.headers.get("RateLimit")).toBe('"demo";r=3;t=86400');
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(await response.json()).toEqual({ allowed: true, remaining: 3, retryAfterMs: 0, waitedMs: 0 });
    expect((await acquire({ key: "other", cost: 5 })).status).toBe(200);
    const refused = await acquire({ key: "k", cost: 4 });
    expect(refused.status).toBe(429);
    expect(refused.headers.get("Retry-After")).toBe("86400");
    expect(await refused.json()).toMatchObject({
      type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
      "violated-policies": ["demo"],
      remaining: 3,
    });
  });

  it("holds several limits at once, whatever order they are named in", async () => {
    const { acquire, look } = stage();
    expect((await acquire({ key: "k", cost: 5 }, "day+demo")).status).toBe(200);
    expect(await (await acquire({ key: "k" }, "demo+day")).json()).toMatchObject({
      "violated-policies": ["demo"],
    });
    expect(await (await look("key=k", "demo+day")).json()).toMatchObject({
      policy: "demo",
      remaining: 0,
      policies: [
        { policy: "demo", remaining: 0 },
        { policy: "day", remaining: 2 },
      ],
    });
  });

  it("does not let anybody wait longer than they may", async () => {
    const { acquire } = stage();
    await acquire({ key: "k", cost: 5 });
    const refused = await acquire({ key: "k", mode: "wait" });
    expect(await refused.json()).toMatchObject({ reason: "too-long" });
  });

  it("gives up the place of who leaves while they wait", async () => {
    const { acquire, look, app } = stage();
    await acquire({ key: "k", cost: 7 }, "day");
    const abort = new AbortController();
    const body = JSON.stringify({ key: "k", mode: "wait" });
    const request = new Request("http://manifold.example/v1/limits/day/acquire", {
      method: "POST",
      body,
      signal: abort.signal,
    });
    const waiting = app.request(request);
    const queue = async () => {
      const view: unknown = await (await look("key=k", "day")).json();
      return (view as { waiting: number }).waiting;
    };
    while ((await queue()) === 0);
    abort.abort();
    expect((await waiting).status).toBe(499);
    expect(await queue()).toBe(0);
  });

  it.each([
    [{}, "key", /string/],
    [{ key: "" }, "key", />=1 characters/],
    [{ key: "x".repeat(513) }, "key", /<=512 characters/],
    [{ key: "k", cost: 0 }, "cost", />=1/],
    [{ key: "k", cost: 1.5 }, "cost", /int/],
    [{ key: "k", cost: 6 }, "cost", /at most 5, the capacity of `demo`, got 6/],
    [{ key: "k", mode: "queue" }, "mode", /"try"\|"wait"\|"lease"/],
    [{ key: "k", mode: "wait", maxWaitMs: -1 }, "maxWaitMs", />=0/],
    [{ key: "k", costs: 1 }, "the body", /costs/],
  ])("refuses %o and names what is wrong", async (body, item, rule) => {
    const { acquire, state } = stage();
    const response = await acquire(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ item, detail: expect.stringMatching(rule) as string });
    expect(state.calls).toBe(0);
  });

  it("says which limit was probably meant", async () => {
    const response = await stage().acquire({ key: "k" }, "demos");
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      detail: "Cannot limit: there is no limit `demos`; did you mean `demo`?",
    });
  });

  it.each([
    ["open", 200, { allowed: true }],
    ["closed", 503, { type: "urn:manifold:problem:limit-unavailable", policy: "demo" }],
  ] as const)(
    "is %s when the policy says so, and marks which outage it is",
    async (onFailure, status, body) => {
      for (const [outage, error] of OUTAGES) {
        const { acquire, state } = stage({ onFailure });
        state.fails = error;
        const response = await acquire({ key: "k" });
        expect(response.status).toBe(status);
        expect(response.headers.get("Manifold-Limit")).toBe(`unchecked;reason=${outage}`);
        expect(response.headers.get("Retry-After")).toBe(status === 503 ? "1" : null);
        expect(await response.json()).toMatchObject({ ...body, unchecked: outage });
      }
    },
  );
});

describe("GET /v1/limits", () => {
  it("lists what there is, in the configuration's order, with what it leaves out, and asks no limiter", async () => {
    const { list, state } = stage();
    const response = await list();
    expect(response.status).toBe(200);
    const { items, cursor } = (await response.json()) as { items: { name: string }[]; cursor: unknown };
    expect(items.map(({ name }) => name)).toEqual(["demo", "day", "quick"]);
    expect(items[2]).toEqual({
      name: "quick",
      capacity: 2,
      refill: { tokens: 1, perMs: 10 },
      maxWaitMs: 30_000,
      maxWaiters: 1_000,
      onFailure: "open",
    });
    expect([cursor, state.calls]).toEqual([null, 0]);
  });
});

describe("GET /v1/limits/:policy", () => {
  it("shows how a key stands, and takes nothing", async () => {
    const { acquire, look } = stage();
    await acquire({ key: "k", cost: 2 });
    for (let times = 0; times < 10; times += 1) {
      expect(await (await look()).json()).toEqual({
        policy: "demo",
        remaining: 3,
        waiting: 0,
        held: 0,
        policies: [{ policy: "demo", capacity: 5, remaining: 3, nextMs: expect.any(Number) as number }],
      });
    }
  });

  it("needs a key, and a limiter that can be asked", async () => {
    const { look, state } = stage();
    expect((await look("")).status).toBe(400);
    for (const [unchecked, error] of OUTAGES) {
      state.fails = error;
      const response = await look();
      expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "1"]);
      expect(await response.json()).toMatchObject({ policy: "demo", unchecked });
    }
  });
});

describe("rateLimit", () => {
  const limited = (options: Partial<RateLimitOptions>, stageOptions = {}) => {
    const { app, limits, state } = stage(stageOptions);
    app.get("/things", rateLimit(limits, { policy: "demo", key: () => "k", ...options }), (c) =>
      c.text("thing"),
    );
    const get = async (query = "") => await app.request(`/things${query}`);
    return { get, state, limits };
  };

  it("lets pass what is within the limit and says what is left, then refuses with a problem", async () => {
    const { get } = limited({ cost: 2 });
    const answers = [await get(), await get(), await get()];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers.map(({ headers }) => headers.get("RateLimit")?.replace(/;t=.*/, ""))).toEqual([
      '"demo";r=3',
      '"demo";r=1',
      '"demo";r=1',
    ]);
    expect(answers[0]?.headers.get("RateLimit-Policy")).toBe('"demo";q=5;w=432000');
    expect(answers[2]?.headers.get("Content-Type")).toBe("application/problem+json");
  });

  it("counts each key by itself", async () => {
    const { get } = limited({ cost: 5, key: (c) => c.req.query("who") ?? "" });
    expect((await get("?who=a")).status).toBe(200);
    expect((await get("?who=b")).status).toBe(200);
    expect((await get("?who=a")).status).toBe(429);
  });

  it("asks nobody for what costs nothing, and refuses what could never be paid", async () => {
    const { get, state } = limited({ cost: (c: Context) => Number(c.req.query("cost")) });
    expect((await get("?cost=0")).status).toBe(200);
    for (const cost of ["6", "-1", "0.5", "1e99", "NaN", "Infinity"]) {
      expect([cost, (await get(`?cost=${cost}`)).status]).toEqual([cost, 400]);
    }
    expect(state.calls).toBe(0);
  });

  it("keeps its fields on an answer that went wrong further in", async () => {
    const { app, limits } = stage();
    app.get("/broken", rateLimit(limits, { policy: "demo", key: () => "k" }), () => {
      throw new ProblemError("not-found");
    });
    const response = await app.request("/broken");
    expect([response.status, response.headers.get("RateLimit-Policy")]).toEqual([404, '"demo";q=5;w=432000']);
  });

  it("makes those wait who may, in its mode `wait`, and refuses who would wait too long", async () => {
    const quick = limited({ policy: "quick", mode: "wait", cost: 2 });
    const answers = await Promise.all([quick.get(), quick.get(), quick.get()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const slow = limited({ mode: "wait", cost: 5 });
    expect((await slow.get()).status).toBe(200);
    expect(await (await slow.get()).json()).toMatchObject({ status: 429, reason: "too-long" });
  });

  it.each(OUTAGES)("marks what it let pass, or did not, while the limiter has %s", async (outage, error) => {
    for (const [onFailure, status] of [
      ["open", 200],
      ["closed", 503],
    ] as const) {
      const { get, state } = limited({}, { onFailure });
      state.fails = error;
      const response = await get();
      expect([response.status, response.headers.get("Manifold-Limit")]).toEqual([
        status,
        `unchecked;reason=${outage}`,
      ]);
      expect(response.headers.get("RateLimit-Policy")).toBe('"demo";q=5;w=432000');
      expect(response.headers.get("RateLimit")).toBeNull();
    }
  });

  it("is refused when it is made for a limit that there is none of, or a cost above it", () => {
    const { limits } = stage();
    const key = () => "k";
    expect(() => rateLimit(limits, { policy: "dmo", key })).toThrow(
      "Expected `policy` to name limits: there is no limit `dmo`; did you mean `demo`?",
    );
    expect(() => rateLimit(limits, { policy: ["day", "demo"], key, cost: 6 })).toThrow(
      "capacity of `demo`, got 6",
    );
    expect(() => rateLimit(limits, { policy: "demo", key, cost: -1 })).toThrow(
      "expected `cost` to be an integer ≥ 1, got -1",
    );
    expect(() => rateLimit(limits, { policy: "demo", key, cost: 0 })).not.toThrow();
  });

  it("says what is left of a limit further in as well, and of that first", async () => {
    const { acquire } = stage({ v1Limit: "day" });
    const { headers } = await acquire({ key: "k", cost: 5 });
    expect(headers.get("RateLimit-Policy")).toBe('"demo";q=5;w=432000, "day";q=7;w=604800');
    expect(headers.get("RateLimit")?.replaceAll(/;t=\d+/g, "")).toBe('"demo";r=0, "day";r=6');
    const refused = await acquire({ key: "k" });
    expect([refused.status, refused.headers.get("Retry-After")]).toEqual([429, "86400"]);
    expect(refused.headers.get("RateLimit")).toMatch(/^"demo";r=0;.*, "day";r=/);
  });

  it("counts apart from what callers name, so that nobody uses up what another has", async () => {
    const { acquire, look } = stage({ v1Limit: "day" });
    expect((await acquire({ key: "token:ada", cost: 7 }, "day")).status).toBe(200);
    const response = await look("key=token:ada", "day");
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ remaining: 0 });
  });

  it("can hold for all of /v1", async () => {
    const { look } = stage({ v1Limit: "demo" });
    const answers = [];
    for (let times = 0; times < 6; times += 1) answers.push((await look("key=other", "day")).status);
    expect(answers).toEqual([200, 200, 200, 200, 200, 429]);
  });
});
