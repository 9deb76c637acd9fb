import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { EndpointDefinition } from "../../src/aggregate/definition.ts";
import { endpoint, upstream } from "../../src/aggregate/endpoint.ts";
import { respond } from "../../src/aggregate/respond.ts";
import { url } from "../../src/aggregate/target.ts";
import type { FakeAnswer, FakeAnswers } from "../support/fake-upstream.ts";
import { answerOf, isolate, labels, NOTHING } from "./harness.ts";

const atlas = upstream("atlas", { origin: "https://atlas.example", timeoutMs: 500, maxBytes: 1_000 });

/** One run against a fake upstream, with everything to look at afterwards. */
function start(
  defined: { definition: EndpointDefinition },
  answers: FakeAnswers,
  params: Readonly<Record<string, string>> = {},
) {
  const { begin, leftovers, ...rest } = isolate(defined, answers);
  const { abort, outcomes } = begin({ params });
  return {
    ...rest,
    abort,
    outcome: outcomes,
    leftovers: () => ({ ...leftovers(), listeners: abort.listeners }),
  };
}

const nothing = { ...NOTHING, listeners: 0 };

const whole = { durationMs: 1, withTimeline: false, ifNoneMatch: null };

/** A profile as in the reference program: one required branch, three that may be missing. */
const profile = endpoint("GET /api/users/:id", { deadlineMs: 1_000 })
  .branch("user", { from: atlas, get: "/users/:id", statusFrom: true })
  .branch("posts", { from: atlas, get: "/users/:id/posts", optional: true })
  .branch("followers", { from: atlas, get: "/users/:id/followers", optional: true })
  .branch("stats", { from: atlas, get: "/users/:id/stats", optional: true, timeoutMs: 200 });

const healthy: Readonly<Record<string, FakeAnswer>> = {
  "/users/7": { afterMs: 100, body: { name: "Ada" } },
  "/users/7/posts": { afterMs: 100, body: ["a post"] },
  "/users/7/followers": { afterMs: 100, body: 12 },
  "/users/7/stats": { afterMs: 100, body: { likes: 3 } },
};

describe("runPlan", () => {
  it("takes as long as the slowest branch, not the sum, and answers in the order of declaration", async () => {
    const answers = { ...healthy, "/users/7": { afterMs: 150, body: { name: "Ada" } } };
    const { clock, plan, outcome, state, leftovers } = start(profile, answers, { id: "7" });
    const outcomes = await clock.run(outcome);
    expect(clock.now()).toBe(150);
    expect(state.mostOpen).toBe(4);
    expect(outcomes.map(({ name, startMs, endMs }) => [name, startMs, endMs])).toEqual([
      ["user", 0, 150],
      ["posts", 0, 100],
      ["followers", 0, 100],
      ["stats", 0, 100],
    ]);
    expect(JSON.stringify((await answerOf(plan, outcomes)).body)).toBe(
      '{"user":{"name":"Ada"},"posts":["a post"],"followers":12,"stats":{"likes":3}}',
    );
    expect(leftovers()).toEqual(nothing);
  });

  it("starts a branch as soon as what it needs is there, and gives it the results", async () => {
    const dependent = endpoint("GET /api/users/:id")
      .branch("user", { from: atlas, get: "/users/:id", schema: z.object({ team: z.string() }) })
      .branch("slow", { from: atlas, get: "/slow" })
      .branch("team", {
        from: atlas,
        needs: ["user"],
        get: ({ needs }) => url`/teams/${needs.user.team}`,
        map: (team, { needs }) => ({ team, of: needs.user.team }),
      });
    const { clock, plan, outcome, state } = start(
      dependent,
      {
        "/users/7": { afterMs: 100, body: { team: "red" } },
        "/slow": { afterMs: 300, body: {} },
        "/teams/red": { afterMs: 100, raw: "[1]" },
      },
      { id: "7" },
    );
    const outcomes = await clock.run(outcome);
    expect(state.calls).toEqual(["/users/7", "/slow", "/teams/red"]);
    expect(clock.now()).toBe(300);
    expect(outcomes[2]).toMatchObject({ name: "team", startMs: 100, endMs: 200 });
    expect((await answerOf(plan, outcomes)).body).toMatchObject({ team: { team: [1], of: "red" } });
  });

  it("skips a branch whose need has failed, and says so", async () => {
    const dependent = endpoint("GET /api/things")
      .branch("a", { from: atlas, get: "/a", optional: true })
      .branch("b", { from: atlas, get: "/b", needs: ["a"], optional: true })
      .branch("c", { from: atlas, get: "/c", needs: ["b"], optional: true });
    const { clock, plan, outcome, state } = start(dependent, { "/a": { status: 500 } });
    const outcomes = await clock.run(outcome);
    expect(state.calls).toEqual(["/a"]);
    const { body, headers, status } = await answerOf(plan, outcomes);
    expect({ body, status }).toEqual({ body: {}, status: 200 });
    expect(headers.get("Manifold-Incomplete")).toBe("a;status=500, b;skipped, c;skipped");
    expect(headers.get("Cache-Control")).toBe("no-store");
  });

  it("opens six connections at most, each free again when its headers are there", async () => {
    let many = endpoint("GET /api/many").branch("b0", { from: atlas, get: "/0" });
    for (let index = 1; index < 10; index += 1) {
      many = many.branch(`b${index}` as "b0", { from: atlas, get: `/${index}` });
    }
    const answers = Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [`/${index}`, { afterMs: 100 }]),
    );
    const { clock, outcome, state } = start(many, answers);
    await clock.run(outcome);
    expect(state.mostOpen).toBe(6);
    expect(clock.now()).toBe(200);
  });

  it("cancels the siblings of a required branch that fails, and waits for them", async () => {
    const answers = { ...healthy, "/users/7": { afterMs: 50, status: 503 } };
    const { clock, plan, outcome, leftovers } = start(profile, answers, { id: "7" });
    const outcomes = await clock.run(outcome);
    expect(clock.now()).toBe(50);
    expect(labels(outcomes)).toEqual({
      user: "status=503",
      posts: "cancelled",
      followers: "cancelled",
      stats: "cancelled",
    });
    expect(() => respond(plan, outcomes, whole)).toThrow("Branch `user` answered with status 503");
    expect(leftovers()).toEqual(nothing);
  });

  it("cancels everything when the client leaves", async () => {
    const { clock, abort, outcome, state, leftovers } = start(profile, healthy, { id: "7" });
    await clock.advance(30);
    expect(state.open).toBe(4);
    abort.abort(new Error("client gone"));
    expect(new Set(Object.values(labels(await outcome)))).toEqual(new Set(["cancelled"]));
    expect(clock.now()).toBe(30);
    expect(leftovers()).toEqual(nothing);
  });

  it("cancels what still waits for its needs when the client leaves", async () => {
    const chain = endpoint("GET /api/chain")
      .branch("first", { from: atlas, get: "/first" })
      .branch("second", { from: atlas, get: "/second", needs: ["first"] });
    const { clock, abort, outcome, state, leftovers } = start(chain, { "/first": { hangs: true } });
    await clock.advance(30);
    abort.abort();
    expect(labels(await outcome)).toEqual({ first: "cancelled", second: "cancelled" });
    expect(state.calls).toEqual(["/first"]);
    expect(leftovers()).toEqual(nothing);
  });

  it("tells the upstream how much time there is: the least of its own, the branch's and the endpoint's", async () => {
    const timed = endpoint("GET /api/timed", { deadlineMs: 400 })
      .branch("own", { from: upstream("quick", { origin: "https://a.example", timeoutMs: 70 }), get: "/own" })
      .branch("branch", { from: atlas, get: "/branch", timeoutMs: 200 })
      .branch("endpoint", { from: atlas, get: "/endpoint", timeoutMs: 5_000 })
      .branch("late", { from: atlas, get: "/late", needs: ["branch"], timeoutMs: 5_000 });
    const { clock, outcome, state } = start(timed, {
      "/own": {},
      "/branch": { afterMs: 150 },
      "/endpoint": {},
      "/late": {},
    });
    await clock.run(outcome);
    const told = state.requests.map(({ headers }) => new Headers(headers).get("Manifold-Timeout-Ms"));
    expect(told).toEqual(["70", "200", "400", "250"]);
  });

  it("gives no branch more than what is left of the deadline", async () => {
    const chain = endpoint("GET /api/chain", { deadlineMs: 300 })
      .branch("first", { from: atlas, get: "/first" })
      .branch("second", { from: atlas, get: "/second", needs: ["first"], optional: true });
    const { clock, outcome } = start(chain, {
      "/first": { afterMs: 200, body: 1 },
      "/second": { hangs: true },
    });
    const outcomes = await clock.run(outcome);
    expect(clock.now()).toBe(300);
    expect(outcomes[1]).toMatchObject({
      kind: "failed",
      error: { fault: { kind: "timeout", limitMs: 100 } },
    });
  });

  it.each<[string, FakeAnswer, string, number]>([
    ["is down", { refuses: true }, "unreachable", 0],
    ["answers with an error", { status: 500, raw: "secret stack" }, "status=500", 0],
    ["hangs before it answers", { hangs: true }, "timeout", 200],
    ["hangs in the body", { body: { a: "long body" }, body2: "hangs" }, "timeout", 200],
    ["breaks in the body", { body: { a: "long body" }, body2: "breaks" }, "reset", 0],
    ["answers with no JSON", { raw: "not json" }, "malformed", 0],
    ["answers with nothing", { raw: "" }, "malformed", 0],
    ["answers with HTML", { raw: "<html>", headers: { "Content-Type": "text/html" } }, "malformed", 0],
    ["answers with too much", { raw: "x".repeat(1_001) }, "too-large", 0],
    ["says it will answer too much", { raw: "1", headers: { "Content-Length": "1001" } }, "too-large", 0],
  ])("keeps the others when an optional branch's upstream %s", async (_, answer, label, extraMs) => {
    const { clock, plan, outcome, leftovers } = start(
      profile,
      { ...healthy, "/users/7/stats": answer },
      { id: "7" },
    );
    const outcomes = await clock.run(outcome);
    expect(clock.now()).toBe(Math.max(100, extraMs));
    const { body, headers, status } = await answerOf(plan, outcomes);
    expect(status).toBe(200);
    expect(body).toEqual({ user: { name: "Ada" }, posts: ["a post"], followers: 12 });
    expect(headers.get("Manifold-Incomplete")).toBe(`stats;${label}`);
    expect(leftovers()).toEqual(nothing);
  });

  it.each<[string, FakeAnswer, number, string]>([
    ["is down", { refuses: true }, 502, "upstream-failed"],
    ["answers with an error", { status: 500, raw: "secret stack" }, 502, "upstream-failed"],
    ["hangs", { hangs: true }, 504, "upstream-timeout"],
    ["hangs in the body", { body: { a: "secret" }, body2: "hangs" }, 504, "upstream-timeout"],
    ["breaks in the body", { body: { a: "secret" }, body2: "breaks" }, 502, "upstream-failed"],
    ["answers with no JSON", { raw: "secret" }, 502, "upstream-failed"],
    ["does not have it", { status: 404, raw: "secret" }, 404, "not-found"],
    ["forbids it", { status: 403, raw: "secret" }, 403, "upstream-refused"],
  ])("answers with a problem when a required branch's upstream %s", async (_, answer, status, code) => {
    const { clock, plan, outcome, leftovers } = start(
      profile,
      { ...healthy, "/users/7": answer },
      { id: "7" },
    );
    const outcomes = await clock.run(outcome);
    const answering = (async () => respond(plan, outcomes, { ...whole, withTimeline: true }))();
    const { problem } = (await answering.catch((e: unknown) => e)) as { problem: unknown };
    expect(problem).toMatchObject({
      type: `urn:manifold:problem:${code}`,
      status,
      branches: [{ name: "user", attempts: 1 }, { name: "posts" }, { name: "followers" }, { name: "stats" }],
      _timeline: { spans: [{ name: "user" }, { name: "posts" }, { name: "followers" }, { name: "stats" }] },
    });
    expect(JSON.stringify(problem)).not.toContain("secret");
    expect(leftovers()).toEqual(nothing);
  });

  it("does not let a 4xx be the answer's where the branch does not say so", async () => {
    const plain = endpoint("GET /api/things").branch("a", { from: atlas, get: "/a" });
    const { clock, plan, outcome } = start(plain, { "/a": { status: 404 } });
    const outcomes = await clock.run(outcome);
    expect(() => respond(plan, outcomes, whole)).toThrow(
      expect.objectContaining({ problem: expect.objectContaining({ status: 502 }) as unknown }),
    );
  });

  it("names the path where an answer is against its schema, and nothing of the answer", async () => {
    const typed = endpoint("GET /api/things").branch("a", {
      from: atlas,
      get: "/a",
      schema: z.object({ list: z.array(z.object({ size: z.number() })) }),
    });
    const { clock, plan, outcome } = start(typed, {
      "/a": { body: { list: [{ size: 1 }, { size: "secret" }] } },
    });
    const outcomes = await clock.run(outcome);
    expect(() => respond(plan, outcomes, whole)).toThrow(
      "Branch `a` answered against its schema: `list.1.size` is not what it should be",
    );
  });

  it("takes a `map` that throws for a failure of its branch", async () => {
    const mapped = endpoint("GET /api/things").branch("a", {
      from: atlas,
      get: "/a",
      optional: true,
      map: () => {
        throw new TypeError("no such member");
      },
    });
    const { clock, outcome } = start(mapped, { "/a": { body: 1 } });
    expect(labels(await clock.run(outcome))).toEqual({ a: "invalid" });
  });

  it("refuses a parameter that would climb out of its place, before anything is sent", async () => {
    const { clock, plan, outcome } = start(profile, healthy, { id: ".." });
    const outcomes = await clock.run(outcome);
    expect(() => respond(plan, outcomes, whole)).toThrow(
      expect.objectContaining({ problem: expect.objectContaining({ status: 400 }) as unknown }),
    );
  });

  it("throws what a broken `get` of the configuration throws", async () => {
    const broken = endpoint("GET /api/things").branch("a", {
      from: atlas,
      get: () => {
        throw new TypeError("no such member");
      },
    });
    const { clock, outcome } = start(broken, {});
    await expect(clock.run(outcome)).rejects.toThrow("no such member");
  });

  it("reads an answer without a body as null", async () => {
    const { clock, plan, outcome } = start(
      profile,
      { ...healthy, "/users/7/stats": { status: 204 } },
      { id: "7" },
    );
    expect((await answerOf(plan, await clock.run(outcome))).body).toMatchObject({ stats: null });
  });

  it("sends the upstream's headers and the request's id, and none of the caller's", async () => {
    const secretive = upstream("atlas", { origin: "https://atlas.example", headers: { "X-Key": "k" } });
    const plain = endpoint("GET /api/things").branch("a", { from: secretive, get: "/a" });
    const { clock, outcome, state } = start(plain, { "/a": {} });
    await clock.run(outcome);
    expect(state.requests[0]?.headers).toEqual({
      accept: "application/json",
      "x-key": "k",
      "x-request-id": "test",
      "manifold-timeout-ms": "5000",
      traceparent: expect.stringMatching(/^00-[\da-f]{32}-[\da-f]{16}-\d\d$/) as string,
    });
  });
});
