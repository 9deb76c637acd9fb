import { describe, expect, it } from "vitest";
import * as z from "zod";
import { systemClock } from "#kernel";
import { endpoint, upstream } from "../src/aggregate/endpoint.ts";
import { describeRoutes } from "../src/http/open-api.ts";
import { ALL_SCOPES, type Scope } from "../src/http/scopes.ts";
import { fakeLimiters } from "./limits/fake-limiters.ts";
import { policyOf } from "./limits/policies.ts";
import { type DocumentedOperation, fillPath, operationsOf } from "./support/document.ts";
import { bearer, tokenOf, tokensOf } from "./support/tokens.ts";
import { wholeApp } from "./support/whole-app.ts";

const from = upstream("atlas", {
  origin: "https://atlas.example.com",
  breaker: { windowMs: 1, minCalls: 1, failureRatio: 1, openMs: 1 },
});
const priced = endpoint("GET /api/things/:id/prices/:currency", { scope: "limits" })
  .branch("thing", { from, get: "/things/:id", schema: z.object({ name: z.string() }), statusFrom: true })
  .each("prices", { from, of: () => ["a"], get: "/p", schema: z.number(), partial: true, optional: true })
  .branch("picked", { from, get: "/things/:id", schema: z.object({ name: z.string() }), pick: ["name"] })
  .branch("odd", { from, get: "/things/:id", schema: z.date(), optional: true });
const merged = endpoint("GET /api/merged", { merge: { strategy: "deep" } }).branch("a", { from, get: "/a" });

const documentOf = (options: Parameters<typeof wholeApp>[0] = {}) =>
  describeRoutes(wholeApp(options).app.routes);

/** One token a scope that has only this, and one for each that has all others but `admin`. */
const only = Object.fromEntries(ALL_SCOPES.map((scope) => [`only-${ALL_SCOPES.indexOf(scope)}`, [scope]]));
const butOne = Object.fromEntries(
  ALL_SCOPES.map((scope, index) => [
    `but-${index}`,
    ALL_SCOPES.filter((other) => other !== scope && other !== "admin"),
  ]),
);
const tokens = await tokensOf({ ...only, ...butOne });
const tokenWith = (scope: string) => tokenOf(ALL_SCOPES.indexOf(scope as Scope));
const tokenWithout = (scope: string) => tokenOf(ALL_SCOPES.length + ALL_SCOPES.indexOf(scope as Scope));

describe("the document", () => {
  it("is served as it was written, from the routes as they are", async () => {
    const { app } = wholeApp();
    const response = await app.request("/openapi.json");
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("application/json");
    const text = await response.text();
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(documentOf())));
    expect(await (await app.request("/openapi.json")).text()).toBe(text);
  });

  it("has every route under /api and /v1, and no route that is not there", () => {
    const { app } = wholeApp();
    const served = app.routes
      .filter(({ method, path }) => method !== "ALL" && /^\/(api|v1)\//.test(path))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)(\{[^}]*\})?/g, "{$1}")}`);
    const documented = operationsOf(documentOf()).map(({ method, path }) => `${method} ${path}`);
    expect(new Set(documented)).toEqual(new Set([...served, "GET /healthz"]));
  });

  it("tells of a limit before all of /v1, and only of that", async () => {
    const limits = {
      policies: [policyOf()],
      v1Limit: "demo",
      limiterFor: fakeLimiters(systemClock).limiterFor,
    };
    const served = async (options: Parameters<typeof wholeApp>[0]) => {
      const response = await wholeApp({ ...OWN, ...options }).app.request("/openapi.json");
      return operationsOf((await response.json()) as ReturnType<typeof documentOf>);
    };
    for (const { path, statuses } of await served({ limits })) {
      expect([path, statuses.includes("429")]).toEqual([path, path.startsWith("/v1/")]);
    }
    const without = (await served({})).filter(({ statuses }) => statuses.includes("429"));
    expect(without.map(({ path }) => path)).toEqual(["/v1/limits/{policy}/acquire"]);
  });

  it("tells of a body that is taken as it comes", () => {
    const { paths } = documentOf();
    expect(paths?.["/v1/files/{key}"]?.put?.requestBody).toEqual({ content: { "*/*": {} } });
    expect(paths?.["/v1/files/{key}"]?.get?.requestBody).toBeUndefined();
  });

  it("tells of the header fields that a route goes by, none of which has to be there", () => {
    const told = operationsOf(documentOf(OWN)).flatMap(({ method, path, parameters }) => {
      const fields = parameters.filter((one) => one.in === "header");
      expect(fields.map(({ required = false }) => required)).not.toContain(true);
      return fields.length === 0 ? [] : [[`${method} ${path}`, fields.map(({ name }) => name).join(" ")]];
    });
    expect(Object.fromEntries(told)).toEqual({
      "GET /api/things/{id}/prices/{currency}": "If-None-Match",
      "GET /api/merged": "If-None-Match",
      "POST /v1/tasks": "Idempotency-Key Prefer",
      "POST /v1/tasks/batch": "Idempotency-Key",
      "POST /v1/groups": "Idempotency-Key",
      "POST /v1/crawls": "Idempotency-Key",
      "GET /v1/tasks/{id}": "If-None-Match",
      "GET /v1/tasks/{id}/events": "Last-Event-ID",
      "GET /v1/crawls/{id}/events": "Last-Event-ID",
      "GET /v1/files/{key}": "If-Match If-None-Match If-Modified-Since If-Unmodified-Since Range If-Range",
      "PUT /v1/files/{key}": "If-Match If-None-Match",
      "DELETE /v1/files/{key}": "If-Match If-None-Match If-Unmodified-Since",
    });
  });

  it("gives every operation a name of its own", () => {
    const names = operationsOf(documentOf()).map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain("getV1EndpointsByName");
  });

  it("names only scopes that there are, as what a bearer token must have", () => {
    const document = documentOf();
    expect(document.components?.securitySchemes).toMatchObject({
      bearer: { type: "http", scheme: "bearer" },
    });
    for (const { scope, path } of operationsOf(document)) {
      if (path.startsWith("/v1/")) expect(ALL_SCOPES).toContain(scope);
    }
  });

  it("tells of a configured endpoint what its declaration does", () => {
    const [described, other] = operationsOf(documentOf({ config: { endpoints: [priced, merged] } }));
    expect(described).toMatchObject({
      method: "GET",
      path: "/api/things/{id}/prices/{currency}",
      scope: "limits",
      parameters: [
        { in: "path", name: "id", required: true },
        { in: "path", name: "currency" },
        { in: "header", name: "If-None-Match" },
      ],
      body: undefined,
    });
    expect(described?.statuses.toSorted()).toEqual([
      "200",
      "304",
      "400",
      "401",
      "403",
      "404",
      "4XX",
      "500",
      "502",
      "503",
      "504",
    ]);
    const thing = {
      type: "object",
      properties: { name: { type: "string" } },
      required: ["name"],
      additionalProperties: false,
    };
    expect(described?.answerOf(200)).toEqual({
      type: "object",
      properties: {
        thing,
        prices: { type: "array", items: { anyOf: [{ type: "number" }, { type: "null" }] } },
        picked: {},
        odd: {},
      },
      required: ["thing", "picked"],
    });
    expect(other).toMatchObject({ scope: undefined, parameters: [{ in: "header" }] });
    expect(other?.answerOf(200)).toEqual({});
  });
});

/** Something for each parameter of a path, of those that may stand there. */
const place = (name: string) => (name === "steering" ? "pause" : "a");

const OWN = { config: { endpoints: [priced, merged] } };

/** Asks with just enough for the door to look at it. */
async function ask(
  { method, path, body }: DocumentedOperation,
  headers: Readonly<Record<string, string>>,
  options: Parameters<typeof wholeApp>[0] = { tokens },
  init: RequestInit = body === undefined ? {} : { body: "{}" },
) {
  const fetch = async (url: string) =>
    await Promise.resolve(Response.json(url.endsWith("/p") ? 1 : { name: "lamp" }));
  const { app } = wholeApp({ ...OWN, fetch, ...options });
  return await app.request(fillPath(path, place), { method, headers, ...init });
}

/** No route takes more JSON than this. */
const MOST_BYTES = 4 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

/** A body that never ends, and how much of it was asked for. */
function endlessBody() {
  const read = { bytes: 0 };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        read.bytes += CHUNK_BYTES;
        controller.enqueue(new Uint8Array(CHUNK_BYTES).fill(0x20));
      },
    },
    { highWaterMark: 0 },
  );
  // Node wants to be told that a body is a stream; workerd does not mind.
  return { read, init: { body, duplex: "half" } as RequestInit };
}

const all = operationsOf(documentOf(OWN));

describe.each(all.filter(({ scope }) => scope === undefined))("$method $path, for everyone", (operation) => {
  it("needs no token, and does not look at one", async () => {
    for (const headers of [{}, bearer(tokenOf(200)), { Origin: "https://elsewhere.example" }]) {
      expect((await ask(operation, headers)).status).toBe(200);
      expect((await ask(operation, headers, {})).status).toBe(200);
    }
  });
});

/** Which methods each path takes by the document: what is left out of a template does not take a path of its own. */
const methodsOf = Map.groupBy(all, ({ path }) => path);

describe.each([...methodsOf].map(([path, some]) => ({ path, methods: some.map(({ method }) => method) })))(
  "$path",
  ({ path, methods }) => {
    it("says in `Allow` what it takes, and takes nothing else", async () => {
      const { app } = wholeApp({ ...OWN, isOpen: true });
      const url = `http://localhost${fillPath(path, place)}`;
      const options = await app.request(url, { method: "OPTIONS" });
      const taken = new Set(options.headers.get("Allow")?.split(", "));
      // The name of a task can be anything, and a GET of `batch` is one of a task.
      const isTask = path === "/v1/tasks/batch";
      const expected = [...methods, ...(methods.includes("GET") || isTask ? ["GET", "HEAD"] : []), "OPTIONS"];
      expect(taken).toEqual(new Set(expected));
      for (const method of ["POST", "PUT", "PATCH", "DELETE"].filter((one) => !taken.has(one))) {
        const refused = await app.request(url, { method });
        expect([refused.status, refused.headers.get("Allow")]).toEqual([405, options.headers.get("Allow")]);
      }
    });
  },
);

const scoped = all
  .flatMap((operation) => ({ ...operation, scope: operation.scope ?? "" }))
  .filter(({ scope }) => scope !== "");

// A GET has no body, and what is put is stored as it comes.
describe.each(scoped.filter(({ method }) => method !== "GET" && method !== "PUT"))(
  "$method $path, with a body",
  (operation) => {
    const { scope } = operation;

    it("reads no more of a body than it takes", async () => {
      const { read, init } = endlessBody();
      const response = await ask(operation, bearer(tokenWith(scope)), { tokens }, init);
      if (operation.body === undefined) expect(read.bytes).toBe(0);
      else {
        expect(response.status).toBe(413);
        expect(read.bytes).toBeLessThanOrEqual(MOST_BYTES + CHUNK_BYTES);
      }
      const nobodys = endlessBody();
      expect((await ask(operation, {}, { tokens }, nobodys.init)).status).toBe(401);
      expect((await ask(operation, bearer(tokenWithout(scope)), { tokens }, nobodys.init)).status).toBe(403);
      expect(nobodys.read.bytes).toBe(0);
    });
  },
);

describe.each(scoped)("$method $path, for `$scope`", (operation) => {
  const { scope } = operation;

  it("answers 401 without a token or with a wrong one", async () => {
    const nobody = await ask(operation, {});
    expect([nobody.status, nobody.headers.get("WWW-Authenticate")]).toEqual([401, 'Bearer realm="manifold"']);
    const wrong = await ask(operation, bearer(tokenOf(200)));
    expect([wrong.status, wrong.headers.get("WWW-Authenticate")]).toEqual([
      401,
      'Bearer realm="manifold", error="invalid_token"',
    ]);
    expect(await wrong.json()).toMatchObject({ type: "urn:manifold:problem:unauthorized" });
  });

  it("answers 403 to a token with every scope but its own, and names that", async () => {
    const response = await ask(operation, bearer(tokenWithout(scope)));
    expect(response.status).toBe(403);
    expect(response.headers.get("WWW-Authenticate")).toBe(
      `Bearer realm="manifold", error="insufficient_scope", scope="${scope}"`,
    );
    expect(await response.json()).toMatchObject({ type: "urn:manifold:problem:insufficient-scope", scope });
  });

  it("lets in the token with its scope, and with `admin`", async () => {
    for (const token of [tokenWith(scope), tokenWith("admin")]) {
      const { status } = await ask(operation, bearer(token));
      expect(status < 500 && status !== 401 && status !== 403).toBe(true);
    }
  });

  it("answers 503 while no tokens are configured", async () => {
    const response = await ask(operation, bearer(tokenWith(scope)), {});
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ type: "urn:manifold:problem:auth-not-configured" });
  });

  it("does not let a page from elsewhere in, whatever it shows", async () => {
    const response = await ask(operation, {
      ...bearer(tokenWith("admin")),
      Origin: "https://elsewhere.example",
    });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ type: "urn:manifold:problem:origin-not-allowed" });
  });

  it("keeps what it answers to itself", async () => {
    const response = await ask(operation, bearer(tokenWith(scope)));
    expect(response.headers.get("Cache-Control")).toMatch(/^(no-store|private\b.*)$/);
  });
});
