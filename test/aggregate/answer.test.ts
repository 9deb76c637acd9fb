import { describe, expect, it, vi } from "vitest";
import { endpoint, upstream } from "../../src/aggregate/endpoint.ts";
import { EVENT_STREAM, NDJSON, streamPlan } from "../../src/aggregate/stream.ts";
import { answerOf, isolate, NOTHING } from "./harness.ts";

const atlas = upstream("atlas", { origin: "https://atlas.example" });
const two = endpoint("GET /api/things", { deadlineMs: 500 })
  .branch("a", { from: atlas, get: "/a" })
  .branch("b", { from: atlas, get: "/b", optional: true });
const kept = (cacheControl: string, more: Record<string, string> = {}) => ({
  headers: { "Cache-Control": cacheControl, ...more },
});

describe("an answer", () => {
  it("may be kept as long as everything in it, minus its age, and varies with all of it", async () => {
    const { ask, plan } = isolate(two, {
      "/a": kept("max-age=60", { Age: "20", Vary: "Accept-Language" }),
      "/b": kept("max-age=300"),
    });
    const { headers } = await answerOf(plan, await ask());
    expect(headers.get("Cache-Control")).toBe("max-age=40");
    expect(headers.get("Vary")).toMatch(/^Accept, accept-language$/i);
  });

  it("has a weak ETag, and is not sent again to who has it", async () => {
    const { ask, plan } = isolate(two, { "/a": kept("max-age=60"), "/b": kept("max-age=60") });
    const outcomes = await ask();
    const first = await answerOf(plan, outcomes);
    const etag = first.headers.get("ETag");
    expect(etag).toMatch(/^W\/"[\w-]+"$/);
    const again = await answerOf(plan, outcomes, etag);
    expect(again.status).toBe(304);
    expect(again.body).toBeUndefined();
    expect(again.headers.get("Cache-Control")).toBe("max-age=60");
    expect((await answerOf(plan, outcomes, 'W/"other"')).status).toBe(200);
  });

  it("grows no younger in our own cache", async () => {
    const cached = endpoint("GET /api/things").branch("a", {
      from: atlas,
      get: "/a",
      cache: { freshMs: 60_000 },
    });
    const { ask, plan, clock } = isolate(cached, { "/a": kept("max-age=60") });
    await ask();
    await clock.advance(45_000);
    expect((await answerOf(plan, await ask())).headers.get("Cache-Control")).toBe("max-age=15");
  });

  it("is `null` where `respond` returns nothing, and a promise is refused", async () => {
    const bare = endpoint("GET /api/things").branch("a", { from: atlas, get: "/a" });
    const { ask } = isolate(bare, { "/a": kept("max-age=60") });
    const outcomes = await ask();
    const planOf = (defined: typeof nothing) => isolate(defined, {}).plan;
    const nothing = bare.respond(() => undefined);
    expect(await answerOf(planOf(nothing), outcomes)).toMatchObject({ status: 200, body: null });
    const late = bare.respond(async () => await Promise.resolve(1));
    await expect(answerOf(planOf(late), outcomes)).rejects.toThrow(
      "Expected `respond` to return an answer, got a promise",
    );
  });

  it.each([
    ["shallow", "error", { "/a": { body: { x: 1, y: 1 } }, "/b": { body: { z: 2 } } }, { x: 1, y: 1, z: 2 }],
    [
      "deep",
      "error",
      { "/a": { body: { x: { y: 1 } } }, "/b": { body: { x: { z: 2 } } } },
      { x: { y: 1, z: 2 } },
    ],
    ["shallow", "first", { "/a": { body: { x: 1 } }, "/b": { body: { x: 2 } } }, { x: 1 }],
    ["shallow", "last", { "/a": { body: { x: 1 } }, "/b": { body: { x: 2 } } }, { x: 2 }],
    ["shallow", "concat", { "/a": { body: { x: [1] } }, "/b": { body: { x: [2] } } }, { x: [1, 2] }],
  ] as const)(
    "is merged %s, conflicts %s, in the order of declaration",
    async (strategy, conflicts, answers, body) => {
      const merged = endpoint("GET /api/things", { merge: { strategy, conflicts } })
        .branch("a", { from: atlas, get: "/a" })
        .branch("b", { from: atlas, get: "/b" });
      const { ask, plan } = isolate(merged, answers);
      expect((await answerOf(plan, await ask())).body).toEqual(body);
    },
  );

  it("names the branches and the place when results contradict one another", async () => {
    const merged = endpoint("GET /api/things", { merge: { strategy: "deep" } })
      .branch("a", { from: atlas, get: "/a" })
      .branch("b", { from: atlas, get: "/b" });
    const { ask, plan } = isolate(merged, {
      "/a": { body: { x: { y: 1 } } },
      "/b": { body: { x: { y: 2 } } },
    });
    await expect(answerOf(plan, await ask())).rejects.toMatchObject({
      problem: { status: 502, detail: "Branches `a` and `b` differ at `x.y`" },
    });
  });

  it("is picked and renamed before it is mapped", async () => {
    const shaped = endpoint("GET /api/things").branch("a", {
      from: atlas,
      get: "/a",
      pick: ["name.common", "area"],
      rename: { "name.common": "name" },
      map: (value) => ({ shaped: value }),
    });
    const body = { name: { common: "France", official: "French Republic" }, area: 1, secret: 2 };
    const { ask, plan } = isolate(shaped, { "/a": { body } });
    expect((await answerOf(plan, await ask())).body).toEqual({ a: { shaped: { name: "France", area: 1 } } });
  });

  it("takes JSON that is nested too deeply for a failure of its branch", async () => {
    const deep = `${"[".repeat(200)}"]]]"${"]".repeat(200)}`;
    const { ask } = isolate(two, { "/a": { body: '[[["not deep' }, "/b": { raw: deep } });
    expect((await ask()).map(({ kind }) => kind)).toEqual(["ok", "failed"]);
  });
});

describe("a streamed answer", () => {
  const answers = { "/a": { afterMs: 100, body: 1 }, "/b": { afterMs: 50, status: 503 } };

  it("has each branch as it lands, then a summary, a line each", async () => {
    const { arrive, clock, plan } = isolate(two, answers);
    const { request } = arrive();
    const ended: number[] = [];
    const options = {
      withTimeline: false,
      path: "/api/two",
      onEnd: (_: unknown, status: number) => void ended.push(status),
    };
    const response = streamPlan(plan, request, NDJSON, options);
    const lines = (await clock.run(response.text())).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { event: "branch", name: "b", outcome: "status=503" },
      { event: "branch", name: "a", outcome: "ok", value: 1 },
      { event: "summary", status: 200, incomplete: "b;status=503" },
    ]);
    expect(response.headers.get("Content-Type")).toBe("application/x-ndjson");
    expect(ended).toEqual([200]);
  });

  it("says in its summary which problem the whole answer would have been", async () => {
    const { arrive, clock, plan } = isolate(two, { "/a": { status: 500 }, "/b": { afterMs: 50 } });
    const options = { withTimeline: true, path: "/api/two", onEnd: () => undefined };
    const text = await clock.run(streamPlan(plan, arrive().request, EVENT_STREAM, options).text());
    const events = text
      .trim()
      .split("\n\n")
      .map((event) => event.split("\n"));
    expect(events.map(([id, name]) => [id, name])).toEqual([
      ["id: 0", "event: branch"],
      ["id: 1", "event: branch"],
      ["id: 2", "event: summary"],
    ]);
    expect(JSON.parse(events[2]?.[2]?.slice("data: ".length) ?? "")).toMatchObject({
      status: 502,
      problem: { type: "urn:manifold:problem:upstream-failed", instance: "test" },
      _timeline: { spans: [{ name: "a" }, { name: "b" }] },
    });
  });

  it("ends with a problem when the configuration has a bug, which goes to the log", async () => {
    const lines: string[] = [];
    const log = vi.spyOn(console, "error").mockImplementation((line: string) => void lines.push(line));
    const broken = endpoint("GET /api/things")
      .branch("a", { from: atlas, get: "/a" })
      .branch("b", {
        from: atlas,
        get: () => {
          throw new Error("a bug with a secret");
        },
      });
    const { arrive, clock, plan, leftovers } = isolate(broken, { "/a": { hangs: true } });
    const options = { withTimeline: false, path: "/api/things", onEnd: () => undefined };
    const text = await clock.run(streamPlan(plan, arrive().request, NDJSON, options).text());
    log.mockRestore();
    expect(JSON.parse(text.trim().split("\n").at(-1) ?? "")).toMatchObject({
      event: "summary",
      status: 500,
      problem: { type: "urn:manifold:problem:internal-error", instance: "test" },
    });
    expect(text).not.toContain("secret");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      event: "request-failed",
      requestId: "test",
      path: "/api/things",
      error: { message: "a bug with a secret" },
    });
    expect(leftovers()).toEqual(NOTHING);
  });

  it("cancels every call when its reader leaves", async () => {
    const { arrive, clock, plan, leftovers } = isolate(two, { "/a": { hangs: true }, "/b": { hangs: true } });
    const ended: number[] = [];
    const response = streamPlan(plan, arrive().request, NDJSON, {
      withTimeline: false,
      path: "/api/two",
      onEnd: (_, status) => void ended.push(status),
    });
    await clock.advance(10);
    expect(leftovers().open).toBe(2);
    await response.body?.cancel();
    await clock.advance(1);
    expect(leftovers()).toEqual(NOTHING);
    expect(ended).toEqual([499]);
  });
});
