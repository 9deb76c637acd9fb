import { describe, expect, it } from "vitest";
import { findEndpoint, slugOf, unknownEndpoint } from "../../src/aggregate/endpoint-names.ts";
import { loadConfig } from "../../src/config.ts";
import { endpoint, upstream } from "../../src/aggregate/endpoint.ts";

const from = upstream("atlas", { origin: "https://atlas.example" });
const routes = ["GET /api/countries/:code", "GET /api/countries/code", "GET /api/compare"] as const;
const { plans } = loadConfig(
  { endpoints: routes.map((route) => endpoint(route).branch("a", { from, get: "/" })) },
  { variables: {}, allowLoopback: false },
);

describe("slugOf", () => {
  it.each([
    ["/api/countries", "countries"],
    ["/api/countries/:code/stats", "countries.code.stats"],
    ["/api/v1.2/a-b/", "v1.2.a-b"],
    ["/api/files/*", "files"],
    ["/api/api/:id{[0-9]+}", "api.id0-9"],
  ])("names %s %s", (path, slug) => {
    expect(slugOf({ path })).toBe(slug);
  });
});

describe("findEndpoint", () => {
  it.each([
    ["GET /api/compare", "GET /api/compare"],
    ["compare", "GET /api/compare"],
    ["GET /api/countries/code", "GET /api/countries/code"],
    ["countries.code", "GET /api/countries/:code"],
    ["nothing", undefined],
  ])("finds by %s the endpoint %s", (name, route) => {
    expect(findEndpoint(name, plans)?.route).toBe(route);
  });
});

describe("unknownEndpoint", () => {
  it.each([
    ["compere", "did you mean `compare`?"],
    ["GET /api/countrys/:code", "did you mean `GET /api/countries/:code`?"],
    ["/api/compare", "did you mean `GET /api/compare`?"],
    ["weather", "known: `countries.code`, `compare`"],
  ])("answers %s with what was probably meant", (name, hint) => {
    expect(unknownEndpoint(name, plans)).toBe(`There is no endpoint \`${name}\`; ${hint}`);
  });
});
