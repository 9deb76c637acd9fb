import { describe, expect, it } from "vitest";
import * as z from "zod";
import { endpoint, upstream } from "../../src/aggregate/endpoint.ts";
import { answerOf, attemptsOf, isolate, labels, NOTHING } from "./harness.ts";

const origin = "https://atlas.example";
const retrying = upstream("atlas", {
  origin,
  timeoutMs: 300,
  retry: { attempts: 3, baseMs: 100, capMs: 1_000 },
});
const things = endpoint("GET /api/things", { deadlineMs: 2_000 }).branch("a", { from: retrying, get: "/a" });

describe("retry", () => {
  it.each([
    ["502", { status: 502 }],
    ["503", { status: 503 }],
    ["504", { status: 504 }],
    ["a refused connection", { refuses: true }],
    ["a body that breaks off", { body: { a: "long body" }, body2: "breaks" }],
    ["429 that says when", { status: 429, headers: { "Retry-After": "1" } }],
  ] as const)("tries again after %s", async (_, failure) => {
    const { ask, state, leftovers } = isolate(things, {
      "/a": (count) => (count === 1 ? failure : { body: "good" }),
    });
    const [outcome] = await ask();
    expect(outcome).toMatchObject({ kind: "ok", value: "good" });
    expect(state.calls).toHaveLength(2);
    expect(leftovers()).toEqual(NOTHING);
  });

  it.each([
    ["500", { status: 500 }],
    ["400", { status: 400 }],
    ["429 that does not say when", { status: 429 }],
    ["no JSON", { raw: "nonsense" }],
    ["an attempt's timeout, unless told to", { hangs: true }],
  ] as const)("does not try again after %s", async (_, failure) => {
    const { ask, state } = isolate(things, { "/a": failure });
    expect((await ask())[0]?.kind).toBe("failed");
    expect(state.calls).toHaveLength(1);
  });

  it("waits as long as the upstream asks, by a date too, however wrong its clock is", async () => {
    const date = "Mon, 01 Jan 2024 00:00:00 GMT";
    const headers = { Date: date, "Retry-After": "Mon, 01 Jan 2024 00:00:01 GMT" };
    const { ask, clock } = isolate(things, {
      "/a": (count) => (count === 1 ? { status: 503, headers } : {}),
    });
    expect(labels(await ask())).toEqual({ a: "ok" });
    expect(clock.now()).toBe(1_000);
  });

  it("does not try again when the pause would end after the deadline", async () => {
    const { ask, state, clock } = isolate(things, { "/a": { status: 503, headers: { "Retry-After": "3" } } });
    expect(labels(await ask())).toEqual({ a: "status=503" });
    expect(state.calls).toHaveLength(1);
    expect(clock.now()).toBe(0);
  });

  it("does not try again when the pause would end after the branch's own limit", async () => {
    const hurried = endpoint("GET /api/things", { deadlineMs: 2_000 }).branch("a", {
      from: retrying,
      get: "/a",
      timeoutMs: 900,
    });
    const { ask, clock } = isolate(hurried, { "/a": { status: 503, headers: { "Retry-After": "1" } } });
    expect(labels(await ask())).toEqual({ a: "status=503" });
    expect(clock.now()).toBe(0);
  });

  it("tries again after a timeout where a branch says so", async () => {
    const patient = endpoint("GET /api/things", { deadlineMs: 2_000 }).branch("a", {
      from: retrying,
      get: "/a",
      retry: { on: ["timeout"] },
    });
    const { ask } = isolate(patient, { "/a": (count) => (count === 1 ? { hangs: true } : { body: "good" }) });
    const [outcome] = await ask();
    expect(attemptsOf(outcome)).toEqual(["first at atlas: timeout", "retry at atlas: ok"]);
  });

  it("adds no more than a fifth to the calls of an upstream that fails altogether, above the floor", async () => {
    const { ask, state, clock } = isolate(things, { "/a": { status: 503 } });
    const began = clock.now();
    for (let call = 0; call < 200; call += 1) await ask();
    const floor = 10 + 10 * ((clock.now() - began) / 1_000);
    expect(state.calls.length).toBeLessThanOrEqual(240 + floor);
    expect(state.calls.length).toBeGreaterThan(230);
  });
});

describe("hedging", () => {
  const hedged = upstream("atlas", { origin, timeoutMs: 5_000, hedge: { minMs: 10, maxMs: 500 } });
  const slow = endpoint("GET /api/things").branch("a", { from: hedged, get: "/a" });

  it("sends a second copy after the p95, and aborts the loser", async () => {
    // The 31st call is the slow one; its copy, the 32nd, is quick again.
    const { ask, clock, state, leftovers } = isolate(slow, {
      "/a": (count) => ({ afterMs: count === 31 ? 3_000 : 20, body: count }),
    });
    for (let call = 0; call < 30; call += 1) await ask();
    const beganMs = clock.now();
    const [outcome] = await ask();
    expect(outcome).toMatchObject({ kind: "ok", value: 32 });
    expect(clock.now() - beganMs).toBe(40);
    expect(attemptsOf(outcome)).toEqual(["first at atlas: cancelled", "hedge at atlas: ok"]);
    expect(state.calls).toHaveLength(32);
    expect(leftovers()).toEqual(NOTHING);
  });

  it("knows nothing to go by at first, and does not hedge", async () => {
    const { ask, state } = isolate(slow, { "/a": { afterMs: 2_000 } });
    await ask();
    expect(state.calls).toHaveLength(1);
  });

  it("does not take a failure for slowness", async () => {
    const { ask, state } = isolate(slow, {
      "/a": (count) => (count > 30 ? { afterMs: 5, status: 500 } : {}),
    });
    for (let call = 0; call < 30; call += 1) await ask();
    expect(labels(await ask())).toEqual({ a: "status=500" });
    expect(state.calls).toHaveLength(31);
  });

  it("makes no storm when everything turns slow", async () => {
    const { ask, state } = isolate(slow, { "/a": (count) => ({ afterMs: count > 30 ? 900 : 20 }) });
    for (let call = 0; call < 30; call += 1) await ask();
    for (let call = 0; call < 100; call += 1) await ask();
    // At 0.9 s a call the floor of the budget alone would allow a copy of each; but soon the p95 is one of the slow.
    expect(state.calls.length).toBeLessThanOrEqual(130 + 10);
    expect(state.calls.length).toBeGreaterThan(130);
  });
});

describe("the breaker", () => {
  const breaker = { windowMs: 10_000, minCalls: 5, failureRatio: 0.5, openMs: 1_000 };
  const broken = upstream("atlas", { origin, timeoutMs: 100, breaker });
  const guarded = endpoint("GET /api/things").branch("a", { from: broken, get: "/a", statusFrom: true });

  it.each([
    ["5xx", { status: 500 }],
    ["refused connections", { refuses: true }],
    ["timeouts", { hangs: true }],
  ] as const)(
    "opens after %s, answers 503 with Retry-After, and closes after a good probe",
    async (_, failure) => {
      let isWell = false;
      const { ask, state, clock, plan } = isolate(guarded, {
        "/a": () => (isWell ? { body: "good" } : failure),
      });
      for (let call = 0; call < 5; call += 1) await ask();
      const outcomes = await ask();
      expect(labels(outcomes)).toEqual({ a: "broken-circuit" });
      expect(state.calls).toHaveLength(5);
      await expect(answerOf(plan, outcomes)).rejects.toMatchObject({
        problem: { type: "urn:manifold:problem:upstream-unavailable", status: 503 },
        headers: { "Retry-After": "1" },
      });
      isWell = true;
      await clock.advance(1_000);
      expect(labels(await ask())).toEqual({ a: "ok" });
      expect(labels(await ask())).toEqual({ a: "ok" });
      expect(state.calls).toHaveLength(7);
    },
  );

  it.each([
    ["a branch", 2_000, 50],
    ["a request", 50, 2_000],
  ])("counts what takes longer than %s may", async (_, deadlineMs, timeoutMs) => {
    const patient = upstream("atlas", { origin, breaker });
    const hurried = endpoint("GET /api/things", { deadlineMs }).branch("a", {
      from: patient,
      get: "/a",
      timeoutMs,
    });
    const { ask, state } = isolate(hurried, { "/a": { hangs: true } });
    for (let call = 0; call < 5; call += 1) expect(labels(await ask())).toEqual({ a: "timeout" });
    expect(labels(await ask())).toEqual({ a: "broken-circuit" });
    expect(state.calls).toHaveLength(5);
  });

  it("lets one probe through, however many come at once", async () => {
    const each = endpoint("GET /api/things/:id").branch("a", { from: broken, get: "/:id" });
    let isWell = false;
    const answer = () => (isWell ? { afterMs: 50 } : { status: 500 });
    const ids = ["1", "2", "3", "4", "5"];
    const { begin, clock, state } = isolate(each, Object.fromEntries(ids.map((id) => [`/${id}`, answer])));
    const askAll = async () =>
      await clock.run(Promise.all(ids.map(async (id) => await begin({ params: { id } }).outcomes)));
    await askAll();
    isWell = true;
    await clock.advance(1_000);
    const answers = await askAll();
    expect(answers.map((outcomes) => labels(outcomes)["a"])).toEqual([
      "ok",
      ...ids.slice(1).map(() => "broken-circuit"),
    ]);
    expect(state.calls).toHaveLength(6);
    expect((await askAll()).map((outcomes) => labels(outcomes)["a"])).toEqual(ids.map(() => "ok"));
  });

  it("does not count 4xx and clients who leave", async () => {
    const { ask, begin, clock, state } = isolate(guarded, {
      "/a": (count) => (count % 2 === 0 ? { status: 404 } : { afterMs: 50 }),
    });
    for (let call = 0; call < 20; call += 1) {
      const { abort, outcomes } = begin();
      await clock.advance(10);
      abort.abort();
      await outcomes;
      await ask();
    }
    expect(state.calls).toHaveLength(40);
  });
});

describe("fallback", () => {
  const mirror = upstream("mirror", { origin: "https://mirror.example" });
  const chained = endpoint("GET /api/things", { deadlineMs: 1_000 }).branch("a", {
    from: upstream("atlas", { origin, timeoutMs: 300 }),
    get: "/a",
    fallback: [{ from: mirror, get: "/copy" }, { staleMs: 60_000 }, { value: "none" }],
  });

  it("goes down the chain: the mirror, what was kept, a value", async () => {
    const health = { atlas: true, mirror: true };
    const { ask, clock, plan } = isolate(chained, {
      "/a": () => (health.atlas ? { body: "good" } : { status: 500 }),
      "/copy": () => (health.mirror ? { body: "a copy" } : { refuses: true }),
    });
    const value = async () => (await answerOf(plan, await ask())).body;
    expect(await value()).toEqual({ a: "good" });
    health.atlas = false;
    expect(await value()).toEqual({ a: "a copy" });
    health.mirror = false;
    expect(await value()).toEqual({ a: "good" });
    await clock.advance(60_001);
    const outcomes = await ask();
    expect(attemptsOf(outcomes[0])).toEqual([
      "first at atlas: status=500",
      "fallback at mirror: unreachable",
    ]);
    const { body, headers } = await answerOf(plan, outcomes);
    expect(body).toEqual({ a: "none" });
    expect(headers.get("Cache-Control")).toBe("no-store");
    expect(headers.get("Server-Timing")).toContain('desc="attempts=2 fallback"');
  });

  it("tells every cause when nothing in the chain has a result", async () => {
    const bare = endpoint("GET /api/things").branch("a", {
      from: upstream("atlas", { origin }),
      get: "/a",
      retry: { attempts: 2, baseMs: 1 },
      fallback: [{ from: mirror, get: "/copy" }, { staleMs: 60_000 }],
    });
    const { ask, plan } = isolate(bare, { "/a": { status: 503 }, "/copy": { refuses: true } });
    const causes = ["status=503", "status=503", "unreachable", "unreachable"];
    await expect(answerOf(plan, await ask())).rejects.toMatchObject({
      problem: { status: 502, branches: [{ name: "a", outcome: "status=503", attempts: 4, causes }] },
    });
  });

  it("is not for a question that was wrong", async () => {
    const { ask, state } = isolate(chained, { "/a": { status: 404 }, "/copy": { body: "a copy" } });
    expect(labels(await ask())).toEqual({ a: "status=404" });
    expect(state.calls).toEqual(["/a"]);
  });

  it("still has what was kept, or a value, when the time is over", async () => {
    const { ask, clock } = isolate(chained, { "/a": { status: 500 }, "/copy": { hangs: true } });
    const [outcome] = await ask();
    expect(outcome).toMatchObject({ kind: "ok", value: "none" });
    expect(clock.now()).toBe(1_000);
  });

  it("does not keep what fits the schema no better", async () => {
    const typed = endpoint("GET /api/things").branch("a", {
      from: retrying,
      get: "/a",
      schema: z.number(),
      fallback: [{ staleMs: 60_000 }, { value: -1 }],
    });
    const { ask } = isolate(typed, { "/a": { body: "no number" } });
    expect((await ask())[0]).toMatchObject({ kind: "ok", value: -1 });
  });
});

describe("the cache", () => {
  const cached = endpoint("GET /api/things").branch("a", {
    from: upstream("atlas", { origin, timeoutMs: 300 }),
    get: "/a",
    cache: { freshMs: 1_000, staleWhileRevalidateMs: 1_000, staleIfErrorMs: 10_000 },
  });

  it("answers from memory while fresh, refreshes behind while stale, and waits after that", async () => {
    const { ask, clock, settle, state } = isolate(cached, {
      "/a": (count) => ({ afterMs: 100, body: count }),
    });
    const value = async () => (await ask())[0];
    expect(await value()).toMatchObject({ value: 1 });
    await clock.advance(800);
    expect(await value()).toMatchObject({ value: 1, notes: new Set(["hit"]) });
    await clock.advance(500);
    expect(await value()).toMatchObject({ value: 1, notes: new Set(["stale"]) });
    await settle();
    expect(state.calls).toHaveLength(2);
    expect(await value()).toMatchObject({ value: 2, notes: new Set(["hit"]) });
    await clock.advance(5_000);
    expect(await value()).toMatchObject({ value: 3, notes: new Set() });
  });

  it("answers with what it has when the upstream fails, for as long as that is allowed", async () => {
    const { ask, clock } = isolate(cached, {
      "/a": (count) => (count === 1 ? { body: "good" } : { status: 500 }),
    });
    await ask();
    await clock.advance(5_000);
    expect((await ask())[0]).toMatchObject({ value: "good", notes: new Set(["stale"]) });
    await clock.advance(6_001);
    expect(labels(await ask())).toEqual({ a: "status=500" });
  });

  it.each([
    ["answers with 429", { status: 429 }],
    ["sends what is no JSON", { raw: "<html>" }],
    ["hangs past the deadline", { hangs: true }],
  ] as const)("answers with what it has when the upstream %s", async (_, failure) => {
    const hurried = endpoint("GET /api/things", { deadlineMs: 200 }).branch("a", {
      from: upstream("atlas", { origin, timeoutMs: 300 }),
      get: "/a",
      cache: { freshMs: 1_000, staleIfErrorMs: 10_000 },
    });
    const { ask, clock, leftovers } = isolate(hurried, {
      "/a": (count) => (count === 1 ? { body: "good" } : failure),
    });
    await ask();
    await clock.advance(5_000);
    expect((await ask())[0]).toMatchObject({ kind: "ok", value: "good", notes: new Set(["stale"]) });
    await clock.advance(6_001);
    expect((await ask())[0]?.kind).toBe("failed");
    expect(leftovers()).toEqual(NOTHING);
  });

  it("answers with what it has when the breaker lets nobody through", async () => {
    const guarded = endpoint("GET /api/things").branch("a", {
      from: upstream("atlas", {
        origin,
        breaker: { windowMs: 60_000, minCalls: 3, failureRatio: 0.5, openMs: 60_000 },
      }),
      get: "/a",
      cache: { freshMs: 1, staleIfErrorMs: 60_000 },
    });
    const { ask, clock, state } = isolate(guarded, {
      "/a": (count) => (count === 1 ? { body: "good" } : { status: 500 }),
    });
    for (let call = 0; call < 10; call += 1) {
      expect((await ask())[0]).toMatchObject({ kind: "ok", value: "good" });
      await clock.advance(10);
    }
    expect(state.calls).toHaveLength(3);
  });

  it("does not hide that a thing is gone", async () => {
    const { ask, clock } = isolate(cached, {
      "/a": (count) => (count === 1 ? { body: "good" } : { status: 404 }),
    });
    await ask();
    await clock.advance(5_000);
    expect(labels(await ask())).toEqual({ a: "status=404" });
  });

  it("keeps nothing that the upstream forbids to keep", async () => {
    const { ask, state } = isolate(cached, { "/a": { headers: { "Cache-Control": "private, no-store" } } });
    await ask();
    await ask();
    expect(state.calls).toHaveLength(2);
  });

  it("keeps answers to different callers apart where their fields are sent on", async () => {
    const personal = endpoint("GET /api/things").branch("a", {
      from: upstream("atlas", { origin, forward: ["Authorization"] }),
      get: "/a",
      cache: { freshMs: 1_000 },
    });
    const { ask, state } = isolate(personal, { "/a": (count) => ({ body: count }) });
    const as = async (who: string) => (await ask({ headers: { Authorization: who, Cookie: "secret" } }))[0];
    expect(await as("Ada")).toMatchObject({ value: 1 });
    expect(await as("Bob")).toMatchObject({ value: 2 });
    expect(await as("Ada")).toMatchObject({ value: 1 });
    expect(state.requests[0]?.headers).toMatchObject({ authorization: "Ada" });
    expect(JSON.stringify(state.requests)).not.toContain("secret");
  });
});

describe("single-flight", () => {
  const shared = endpoint("GET /api/things").branch("a", {
    from: upstream("atlas", { origin }),
    get: "/a",
  });

  it("makes one call for requests that ask the same at the same time", async () => {
    const { begin, clock, state } = isolate(shared, { "/a": (count) => ({ afterMs: 50, body: count }) });
    const [one, other] = [begin(), begin()];
    const outcomes = await clock.run(Promise.all([one.outcomes, other.outcomes]));
    expect(outcomes.map(([outcome]) => outcome)).toMatchObject([
      { value: 1 },
      { value: 1, notes: new Set(["shared"]) },
    ]);
    expect(state.calls).toHaveLength(1);
  });

  it("goes on for who has more time than the one who began it", async () => {
    const { begin, clock, state, leftovers } = isolate(
      endpoint("GET /api/things", { deadlineMs: 1_000 }).branch("a", {
        from: upstream("atlas", { origin, timeoutMs: 5_000 }),
        get: "/a",
      }),
      { "/a": { afterMs: 1_200, body: "good" } },
    );
    const one = begin();
    await clock.advance(900);
    const other = begin();
    expect(labels(await clock.run(one.outcomes))).toEqual({ a: "timeout" });
    expect((await clock.run(other.outcomes))[0]).toMatchObject({ kind: "ok", value: "good" });
    expect([clock.now(), state.calls.length]).toEqual([1_200, 1]);
    expect(leftovers()).toEqual(NOTHING);
  });

  it("does not hold who has less time than the one who began it", async () => {
    const from = upstream("atlas", { origin });
    const two = endpoint("GET /api/things", { deadlineMs: 1_000 })
      .branch("a", { from, get: "/a" })
      .branch("b", { from, get: "/a", timeoutMs: 100, optional: true });
    const { ask, state } = isolate(two, { "/a": { afterMs: 500, body: "good" } });
    const outcomes = await ask();
    expect(labels(outcomes)).toEqual({ a: "ok", b: "timeout" });
    expect(outcomes[1]?.endMs).toBe(100);
    expect(state.calls).toHaveLength(1);
  });

  it("goes on for the other when the client who began it leaves", async () => {
    const { begin, clock, leftovers } = isolate(shared, { "/a": { afterMs: 50, body: "good" } });
    const [one, other] = [begin(), begin()];
    await clock.advance(10);
    one.abort.abort();
    expect(labels(await one.outcomes)).toEqual({ a: "cancelled" });
    expect((await clock.run(other.outcomes))[0]).toMatchObject({ kind: "ok", value: "good" });
    expect(leftovers()).toEqual(NOTHING);
  });
});

describe("redirects", () => {
  const keyed = upstream("atlas", { origin, headers: { "X-Key": "secret" }, forward: ["Authorization"] });
  const moved = endpoint("GET /api/things").branch("a", { from: keyed, get: "/a" });
  const to = (location: string) => ({ status: 302, headers: { Location: location } });

  it("are followed at home with everything, and elsewhere without keys and the caller's fields", async () => {
    const { ask, state } = isolate(moved, {
      "/a": to("/b"),
      "/b": to("https://cdn.example.com/c"),
      "/c": { body: "good" },
    });
    expect((await ask({ headers: { Authorization: "Ada" } }))[0]).toMatchObject({
      kind: "ok",
      value: "good",
    });
    const sent = state.requests.map(({ headers }) => JSON.stringify(headers));
    expect(sent.map((headers) => headers.includes("secret") && headers.includes("Ada"))).toEqual([
      true,
      true,
      false,
    ]);
    expect(sent[2]).not.toMatch(/secret|Ada/);
  });

  it("get no keys where another origin leads them back home", async () => {
    const { ask, state } = isolate(moved, {
      "/a": to("https://cdn.example.com/b"),
      "/b": to(`${origin}/admin`),
      "/admin": { body: "good" },
    });
    expect(labels(await ask({ headers: { Authorization: "Ada" } }))).toEqual({ a: "ok" });
    expect(state.calls).toEqual(["/a", "/b", "/admin"]);
    expect(JSON.stringify(state.requests.slice(1).map(({ headers }) => headers))).not.toMatch(/secret|Ada/);
  });

  it.each([
    ["a circle", "/a"],
    ["this machine", "http://127.0.0.1/x"],
    ["a private address", "http://10.0.0.1/x"],
    ["another scheme", "ftp://example.com/x"],
  ])("to %s are refused", async (_, location) => {
    const { ask, leftovers } = isolate(moved, { "/a": to(location) });
    expect(labels(await ask())).toEqual({ a: "redirect" });
    expect(leftovers()).toEqual(NOTHING);
  });

  it("to nowhere are refused", async () => {
    const { ask } = isolate(moved, { "/a": { status: 301 } });
    expect(labels(await ask())).toEqual({ a: "redirect" });
  });
});
