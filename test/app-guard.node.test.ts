import { Hono } from "hono";
import { describe, expect, it, vi } from "vitest";
import { wholeApp } from "./support/whole-app.ts";

// A feature that forgets to say what its route needs.
vi.mock("../src/aggregate/explain-routes.ts", () => ({
  explainRoutes: () => new Hono().get("/v1/forgotten", () => new Response("everyone reads this")),
}));

describe("createApp", () => {
  it("refuses to be built with a route under /v1 that says nothing of a scope", () => {
    expect(() => wholeApp()).toThrow("Expected `GET /v1/forgotten` to begin with `guarded({ scope: … })`");
  });
});
