import { Hono, type MiddlewareHandler } from "hono";
import { describe, expect, it } from "vitest";
import type { CallerVariables } from "../../src/http/caller.ts";
import { expectGuarded } from "../../src/http/expect-guarded.ts";
import { guarded } from "../../src/http/guarded.ts";
import { describeHandler } from "../../src/http/operation.ts";

const guard = guarded({ scope: "chat", summary: "", answers: {} });
const open = describeHandler(
  () => new Response(),
  () => ({ scope: undefined, summary: "", answers: {} }),
);
const answer = () => new Response();
const pass: MiddlewareHandler = async (_, next) => await next();

const make = () => new Hono<CallerVariables>();
const refusal = (app: Hono<CallerVariables>) => {
  try {
    expectGuarded(app.routes, [pass]);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
};

describe("expectGuarded", () => {
  it.each([
    ["a guarded route", make().post("/v1/rooms", guard, answer)],
    ["one with more before it", make().get("/v1/rooms/:room{[a-z]+}", guard, pass, answer)],
    ["one of a part of the app", make().route("/v1", make().get("/rooms", guard, answer))],
    [
      "what is not under /v1",
      make().get("/api/things", answer).get("/v10/things", answer).get("/healthz", open),
    ],
    ["middleware that is known", make().use(pass).use("/v1/*", pass).get("/v1/rooms", guard, answer)],
  ])("lets pass %s", (_, app) => {
    expect(refusal(app)).toBeUndefined();
  });

  it.each([
    ["a route without a scope", make().get("/v1/rooms", answer), "GET /v1/rooms"],
    ["the second of two", make().get("/v1/a", guard, answer).put("/v1/a", answer), "PUT /v1/a"],
    ["one that is described, for everyone", make().get("/v1/rooms", open), "GET /v1/rooms"],
    ["one that answers before it is guarded", make().get("/v1/rooms", answer, guard), "GET /v1/rooms"],
    ["middleware that nobody knows", make().use("/v1/*", async (_, next) => await next()), "ALL /v1/*"],
    ["a route for all methods", make().all("/v1/rooms", guard, answer), "ALL /v1/rooms"],
    ["a route for all paths", make().get("/v1/*", guard, answer), "GET /v1/*"],
    ["a route for everything", make().get("*", answer), "GET /*"],
    ["a route for any name", make().get("/:first/:second", answer), "GET /:first/:second"],
    ["the top itself", make().get("/v1", answer), "GET /v1"],
  ])("refuses %s", (_, app, route) => {
    expect(refusal(app)).toContain(`\`${route}\``);
  });
});
