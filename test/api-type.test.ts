import { hc } from "hono/client";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { Api } from "../src/app.ts";
import { bearer, tokenOf, tokensOf } from "./support/tokens.ts";
import { wholeApp } from "./support/whole-app.ts";

const tokens = await tokensOf({ all: ["admin"] });
const { app } = wholeApp({
  tokens,
  fetch: async () => await Promise.resolve(Response.json({ name: "lamp" })),
});

/** The client as a program has it, over the app in place of a network. */
const client = hc<Api>("https://api.example.com", {
  headers: bearer(tokenOf(0)),
  fetch: async (url: string | URL | Request, init?: RequestInit) => await app.request(new Request(url, init)),
});

describe("the typed client", () => {
  it("knows what a fan-out takes and answers", async () => {
    const response = await client.v1.fanout.$post({
      json: { requests: [{ url: "https://things.example.com/1" }], mode: "all" },
    });
    expect(response.status).toBe(200);
    const answer = await response.json();
    expect(answer).toMatchObject({
      mode: "all",
      results: [{ id: "0", ok: true, answer: { body: { name: "lamp" } } }],
    });
    expectTypeOf(answer.mode).toEqualTypeOf<"all" | "settled" | "first">();
    expectTypeOf(answer.results[0]?.attempts).toEqualTypeOf<number | undefined>();
    type Sent = Parameters<typeof client.v1.fanout.$post>[0]["json"];
    expectTypeOf<Sent["requests"][number]["url"]>().toEqualTypeOf<string>();
    expectTypeOf<{ requests: [{ url: 5 }] }>().not.toExtend<Sent>();
    expectTypeOf<{ requests: []; mode: "some" }>().not.toExtend<Sent>();
  });

  it("knows the parameters of a path", async () => {
    const response = await client.v1.endpoints[":name"].$get({ param: { name: "countries.code" } });
    expect((await response.json()).name).toBe("GET /api/countries/:code");
    expectTypeOf<{ name: string }>().toEqualTypeOf<
      Parameters<(typeof client.v1.endpoints)[":name"]["$get"]>[0]["param"]
    >();
  });

  it("knows what a limit takes and answers", async () => {
    const limit = client.v1.limits[":policy"];
    const taken = await limit.acquire.$post({ param: { policy: "demo" }, json: { key: "k", cost: 2 } });
    const answer = await taken.json();
    expect(answer).toEqual({ allowed: true, remaining: 3, retryAfterMs: 0, waitedMs: 0 });
    expectTypeOf(answer.unchecked).toEqualTypeOf<"overloaded" | "silent" | "failed" | undefined>();
    const state = await (await limit.$get({ param: { policy: "demo" }, query: { key: "k" } })).json();
    expect(state.policies[0]?.capacity).toBe(5);
    const { items } = await (await client.v1.limits.$get()).json();
    expectTypeOf(items[0]?.refill.perMs).toEqualTypeOf<number | undefined>();
    expect(items[0]?.name).toBe("demo");
    type Sent = Parameters<typeof limit.acquire.$post>[0]["json"];
    expectTypeOf<Sent["mode"]>().toEqualTypeOf<"try" | "wait" | "lease" | undefined>();
    expectTypeOf<{ cost: 1 }>().not.toExtend<Sent>();
  });

  it("knows lists, and whether we are alive", async () => {
    const { items, cursor } = await (await client.v1.endpoints.$get()).json();
    expect(items[0]?.name).toBe("GET /api/countries");
    expectTypeOf(cursor).toEqualTypeOf<null>();
    expect(await (await client.healthz.$get()).json()).toEqual({ status: "ok" });
  });

  it("knows no route that is not there", () => {
    // @ts-expect-error -- there is no such route
    expect(client.v1.nothing.$url).toBeTypeOf("function");
  });
});
