import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { systemClock } from "#kernel";
import { loadConfig } from "../src/config.ts";
import { endpoint, upstream } from "../src/aggregate/endpoint.ts";
import { type AppOptions, createApp } from "../src/app.ts";
import type { LogEntry } from "../src/http/log.ts";
import { worldOf } from "./support/inbound.ts";
import { type FakeAnswer, fakeUpstream } from "./support/fake-upstream.ts";

const atlas = upstream("atlas", { origin: "https://atlas.example" });

const endpoints = [
  endpoint("GET /api/things/:id")
    .branch("thing", {
      from: atlas,
      get: "/things/:id",
      schema: z.object({ name: z.string() }),
      statusFrom: true,
    })
    .branch("price", { from: atlas, get: "/things/:id/price", optional: true }),
  endpoint("GET /api/names")
    .branch("names", { from: atlas, get: "/names", schema: z.array(z.string()) })
    .respond(({ names }) => names.toSorted()),
  endpoint("GET /api/chain")
    .branch("first", { from: atlas, get: "/first" })
    .branch("second", { from: atlas, get: "/second", needs: ["first"] }),
  endpoint("GET /api/broken")
    .branch("names", { from: atlas, get: "/names" })
    .respond(() => {
      throw new Error("a bug with a secret");
    }),
];

const healthy: Readonly<Record<string, FakeAnswer>> = {
  "/things/1": { body: { name: "lamp" } },
  "/things/1/price": { body: 12 },
  "/names": { body: ["b", "a"] },
};

const logged: LogEntry[] = [];
/** What was asked for of late. */
let asked: readonly string[] = [];

function makeApp({
  isOpen = true,
  answers = healthy,
  declared = endpoints,
  ...others
}: { isOpen?: boolean; answers?: typeof healthy; declared?: typeof endpoints } & Partial<AppOptions> = {}) {
  const { plans } = loadConfig({ endpoints: declared }, { variables: {}, allowLoopback: false });
  const { fetch, state } = fakeUpstream(systemClock, answers);
  asked = state.calls;
  const log = (entry: LogEntry) => void logged.push(entry);
  return createApp({
    plans,
    isOpen,
    allowLoopback: false,
    log,
    world: worldOf(systemClock, fetch),
    makeId: () => "made-here-1",
    ...others,
  });
}

describe("the app", () => {
  it("answers an endpoint with JSON, its timing and the request's id", async () => {
    const response = await makeApp().request("/api/things/1");
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("application/json; charset=utf-8");
    expect(response.headers.get("Server-Timing")).toMatch(
      /^thing;dur=[\d.]+, price;dur=[\d.]+, total;dur=[\d.]+$/,
    );
    expect(response.headers.get("X-Request-Id")).toBe("made-here-1");
    expect(response.headers.has("Manifold-Incomplete")).toBe(false);
    expect(await response.json()).toEqual({ thing: { name: "lamp" }, price: 12 });
  });

  it.each(["%ff", "%", "a%zz"])("asks nobody for a thing by the name %s", async (name) => {
    const response = await makeApp().request(`/api/things/${name}`);
    expect([response.status, asked]).toEqual([400, []]);
    expect(await response.json()).toMatchObject({
      detail: "`the path`: expected UTF-8 in percent-encoding",
    });
  });

  it("lets `respond` make the answer", async () => {
    expect(await (await makeApp().request("/api/names")).json()).toEqual(["a", "b"]);
  });

  it("answers HEAD like GET, without a body", async () => {
    const response = await makeApp().request("/api/things/1", { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });

  it("tells what is missing, and times it too", async () => {
    const response = await makeApp({ answers: { ...healthy, "/things/1/price": { status: 503 } } }).request(
      "/api/things/1",
    );
    expect(response.status).toBe(200);
    expect(response.headers.get("Manifold-Incomplete")).toBe("price;status=503");
    expect(response.headers.get("Server-Timing")).toContain(';desc="status=503"');
    expect(await response.json()).toEqual({ thing: { name: "lamp" } });
  });

  it("answers a failed required branch with a problem that lists every branch", async () => {
    const response = await makeApp().request("/api/things/9");
    expect(response.status).toBe(404);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(await response.json()).toMatchObject({
      type: "urn:manifold:problem:not-found",
      title: "There is nothing here",
      status: 404,
      detail: "Branch `thing` answered with status 404",
      instance: "made-here-1",
      branches: [{ name: "thing", outcome: "status=404", attempts: 1 }, { name: "price" }],
    });
  });

  it.each([
    ["/api/things/1", { thing: { name: "lamp" }, price: 12 }],
    ["/api/names", { answer: ["a", "b"] }],
  ])("adds the timeline to %s when asked, where it may", async (path, answer) => {
    const open = await (await makeApp().request(`${path}?_timeline=1`)).json();
    expect(open).toEqual({
      ...answer,
      _timeline: { durationMs: expect.any(Number) as number, spans: expect.any(Array) as unknown[] },
    });
    const closed = await (await makeApp({ isOpen: false }).request(`${path}?_timeline=1`)).json();
    expect(JSON.stringify(closed)).not.toContain("_timeline");
  });

  it("answers 404 where there is no route, for any method", async () => {
    for (const method of ["GET", "POST", "OPTIONS"]) {
      const response = await makeApp().request("/nope", { method });
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({
        type: "urn:manifold:problem:not-found",
        detail: "No route for /nope",
      });
    }
  });

  it.each(["POST", "PUT", "PATCH", "DELETE"])(
    "answers %s on a GET path with 405 and what it takes",
    async (method) => {
      const response = await makeApp().request("/api/things/1", { method });
      expect(response.status).toBe(405);
      expect(response.headers.get("Allow")).toBe("GET, HEAD, OPTIONS");
      expect(await response.json()).toMatchObject({
        detail: `/api/things/1 takes GET, HEAD, OPTIONS, not ${method}`,
        instance: "made-here-1",
      });
    },
  );

  it("answers OPTIONS with what the path takes", async () => {
    const response = await makeApp().request("/healthz", { method: "OPTIONS" });
    expect([response.status, response.headers.get("Allow")]).toEqual([204, "GET, HEAD, OPTIONS"]);
  });

  it("says that an object is away, and when to ask again, where the platform says so", async () => {
    const lines: string[] = [];
    const log = vi.spyOn(console, "error").mockImplementation((line: string) => void lines.push(line));
    const look = async () =>
      await Promise.reject(Object.assign(new Error("Durable Object is overloaded"), { overloaded: true }));
    const app = makeApp({ crawlFor: () => ({ look }) as never });
    const response = await app.request("http://127.0.0.1/v1/crawls/crawl_01M8KGQMVCQ06EGT129P4RGQCJ");
    log.mockRestore();
    expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "1"]);
    expect(await response.json()).toMatchObject({ type: "urn:manifold:problem:crawls-unavailable" });
    expect(lines[0]).toContain("Durable Object is overloaded");
  });

  it("keeps a bug to the log: the caller gets an id to ask about", async () => {
    const lines: string[] = [];
    const log = vi.spyOn(console, "error").mockImplementation((line: string) => void lines.push(line));
    const response = await makeApp().request("/api/broken");
    log.mockRestore();
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({
      type: "urn:manifold:problem:internal-error",
      title: "Something went wrong in here",
      status: 500,
      instance: "made-here-1",
    });
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      event: "request-failed",
      requestId: "made-here-1",
      error: { message: "a bug with a secret" },
    });
  });

  it.each(["a string", undefined, { code: 7 }])(
    "answers for a bug that throws %j as for any",
    async (thrown) => {
      const lines: string[] = [];
      const log = vi.spyOn(console, "error").mockImplementation((line: string) => void lines.push(line));
      const odd = endpoint("GET /api/odd")
        .branch("names", { from: atlas, get: "/names" })
        .respond(() => {
          throw thrown; // oxlint-disable-line typescript/only-throw-error -- foreign code does
        });
      const response = await makeApp({ declared: [odd] }).request("/api/odd");
      log.mockRestore();
      expect([response.status, response.headers.get("X-Request-Id")]).toEqual([500, "made-here-1"]);
      expect(await response.json()).toMatchObject({ type: "urn:manifold:problem:internal-error" });
      expect(lines).toHaveLength(1);
    },
  );

  it("logs a line a request: what became of each branch, and nothing of what they said", async () => {
    logged.length = 0;
    const answers = { ...healthy, "/things/1/price": { status: 503, body: "secret" } };
    await makeApp({ answers }).request("/api/things/1", { headers: { Authorization: "secret" } });
    await makeApp().request("/api/names");
    expect(logged).toMatchObject([
      {
        event: "aggregate",
        ok: false,
        requestId: "made-here-1",
        traceId: expect.stringMatching(/^[\da-f]{32}$/) as string,
        route: "GET /api/things/:id",
        status: 200,
        branches: [
          { name: "thing", outcome: "ok", attempts: 1 },
          { name: "price", outcome: "status=503", attempts: 1 },
        ],
      },
      { ok: true, route: "GET /api/names" },
    ]);
    expect(JSON.stringify(logged)).not.toMatch(/secret|lamp/);
  });

  it("explains its endpoints to who may use /v1", async () => {
    const list = await makeApp().request("/v1/endpoints");
    expect(await list.json()).toMatchObject({ items: [{ name: "GET /api/things/:id" }, {}, {}, {}] });
    const one = await makeApp().request(`/v1/endpoints/${encodeURIComponent("GET /api/things/:id")}`);
    expect(await one.json()).toMatchObject({
      waves: [["thing", "price"]],
      subrequests: { worst: 2, fits: "free" },
    });
    expect((await makeApp({ isOpen: false }).request("/v1/endpoints")).status).toBe(503);
  });

  it("shuts /v1 as long as nobody is let in by name", async () => {
    const response = await makeApp({ isOpen: false }).request("/v1/anything");
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ type: "urn:manifold:problem:auth-not-configured" });
    expect((await makeApp().request("/v1/anything")).status).toBe(404);
  });

  it.each([
    ["caller-7f3a9c", "caller-7f3a9c"],
    ["short", "made-here-1"],
    ["x".repeat(129), "made-here-1"],
    ["<script>alert(1)</script>", "made-here-1"],
  ])("takes the request id %j as %j", async (given, id) => {
    const response = await makeApp().request("/healthz", { headers: { "X-Request-Id": given } });
    expect(response.headers.get("X-Request-Id")).toBe(id);
  });

  it.each(["application/json", "application/x-ndjson"])(
    "logs as 499 who leaves while branches wait for others, asking for %s",
    async (Accept) => {
      logged.length = 0;
      const abort = new AbortController();
      const request = new Request("http://manifold.example/api/chain", {
        signal: abort.signal,
        headers: { Accept },
      });
      const response = Promise.resolve(makeApp({ answers: { "/first": { hangs: true } } }).request(request));
      await vi.waitFor(() => expect(asked).toContain("/first"));
      abort.abort();
      await (await response).text();
      expect(logged).toMatchObject([
        { event: "aggregate", status: 499, branches: [{ outcome: "cancelled" }, { outcome: "cancelled" }] },
      ]);
    },
  );

  it("answers the client who left before the start with 499, and calls nobody", async () => {
    const response = await makeApp().request(
      new Request("http://manifold.example/api/things/1", { signal: AbortSignal.abort() }),
    );
    expect(response.status).toBe(499);
  });
});
