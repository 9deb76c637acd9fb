import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config.ts";
import { endpoint, upstream } from "../../src/aggregate/endpoint.ts";
import { explain } from "../../src/aggregate/explain.ts";
import { explainRoutes } from "../../src/aggregate/explain-routes.ts";
import { renderExplanation } from "../../src/aggregate/explain-text.ts";
import type { CallerVariables } from "../../src/http/caller.ts";
import { ProblemError, problemResponse } from "../../src/http/problem.ts";

const from = upstream("atlas", { origin: "https://atlas.example" });
const { plans } = loadConfig(
  {
    endpoints: [
      endpoint("GET /api/countries/:code").branch("facts", { from, get: "/countries/:code" }),
      endpoint("GET /api/compare").branch("all", { from, get: "/countries" }),
    ],
  },
  { variables: {}, allowLoopback: false },
);

const typicalMs = () => 42;
const explanations = plans.map((plan) => explain(plan, { typicalMs }));

async function ask(path: string, accept?: string) {
  const app = new Hono<CallerVariables>();
  app.use(async (c, next) => {
    c.set("caller", { name: "operator", scopes: ["admin"] });
    await next();
  });
  app.route("/", explainRoutes(plans, { typicalMs }));
  app.onError((error) => {
    if (error instanceof ProblemError) return problemResponse(error, "request-1");
    throw error;
  });
  const response = await app.request(path, accept === undefined ? {} : { headers: { Accept: accept } });
  const text = await response.text();
  const type = response.headers.get("Content-Type")?.split(";")[0];
  return { status: response.status, type, text, headers: response.headers };
}

describe("GET /v1/endpoints", () => {
  it("lists the endpoints by both of their names", async () => {
    const { status, text } = await ask("/v1/endpoints");
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({
      items: [
        { name: "GET /api/countries/:code", slug: "countries.code" },
        { name: "GET /api/compare", slug: "compare" },
      ],
      cursor: null,
    });
  });

  it("lists them as text to whoever wants that", async () => {
    const { text, type } = await ask("/v1/endpoints", "text/plain");
    expect({ text, type }).toEqual({
      text: "GET /api/countries/:code\nGET /api/compare\n",
      type: "text/plain",
    });
  });
});

describe("GET /v1/endpoints/:name", () => {
  it.each([
    ["countries.code", 0],
    [encodeURIComponent("GET /api/countries/:code"), 0],
    ["GET%20%2Fapi%2Fcompare", 1],
  ])("explains %s, with what the running Worker knows", async (name, index) => {
    const { status, type, text, headers } = await ask(`/v1/endpoints/${name}`);
    expect({ status, type }).toEqual({ status: 200, type: "application/json" });
    expect(JSON.parse(text)).toEqual(explanations[index]);
    expect(JSON.parse(text)).toMatchObject({ criticalPath: { typicalMs: 42 } });
    expect([headers.get("Vary"), headers.get("Cache-Control")]).toEqual(["Accept", "no-store"]);
  });

  it.each([
    ["text/plain", "text/plain"],
    ["text/*;q=0.9, application/json;q=0.5", "text/plain"],
    ["application/json, text/plain", "application/json"],
    ["*/*", "application/json"],
    ["image/png", "application/json"],
  ])("answers `Accept: %s` with %s", async (accept, expected) => {
    const { type, text } = await ask("/v1/endpoints/compare", accept);
    expect(type).toBe(expected);
    const [, compare] = explanations;
    if (compare === undefined) throw new Error("no explanation");
    expect(text).toBe(
      expected === "text/plain" ? `${renderExplanation(compare)}\n` : JSON.stringify(compare),
    );
  });

  it("answers an unknown name with 404 and the nearest one", async () => {
    const { status, type, text } = await ask("/v1/endpoints/compere");
    expect({ status, type }).toEqual({ status: 404, type: "application/problem+json" });
    expect(JSON.parse(text)).toMatchObject({
      type: "urn:manifold:problem:not-found",
      detail: "There is no endpoint `compere`; did you mean `compare`?",
    });
  });
});
