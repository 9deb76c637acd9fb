import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startDemo, type Demo } from "../../demo/server.ts";
import { get, setFault, startCall, statsOf, untilOpen } from "./client.ts";

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo();
});
beforeEach(async () => {
  await setFault(demo, {});
  await fetch(`${demo.url}/_stats`, { method: "DELETE" });
});
afterAll(async () => {
  await demo[Symbol.asyncDispose]();
});

describe("GET /_stats", () => {
  it("counts calls by route and by lane", async () => {
    await get(`${demo.url}/countries/FRA`, { headers: { "manifold-lane": "a" } });
    await get(`${demo.url}/countries/FRA/stats`, { headers: { "manifold-lane": "a" } });
    await get(`${demo.url}/countries/DEU`);
    const { routes, lanes } = await statsOf(demo);
    expect(routes["country"]).toEqual({ calls: 2, open: 0, maxOpen: 1 });
    expect(routes["stats"]).toEqual({ calls: 1, open: 0, maxOpen: 1 });
    expect(lanes).toEqual({ a: { calls: 2, open: 0, maxOpen: 1 } });
  });

  it("has every route from the start and counts neither control routes nor unknown paths", async () => {
    await get(`${demo.url}/nowhere`);
    await get(`${demo.url}/_control`);
    const zero = { calls: 0, open: 0, maxOpen: 0 };
    expect(await statsOf(demo)).toEqual({
      total: zero,
      routes: {
        countries: zero,
        country: zero,
        stats: zero,
        airports: zero,
        cities: zero,
        delay: zero,
        status: zero,
      },
      lanes: {},
    });
  });

  it("knows how many were open at a time, and forgets nobody who left", async () => {
    await setFault(demo, { route: "delay", hang: true });
    const calls = ["a", "a", "b"].map((lane) => startCall(`${demo.url}/delay/0`, { "manifold-lane": lane }));
    await untilOpen(demo, "delay", 3);
    for (const call of calls) call.leave();
    await untilOpen(demo, "delay", 0);
    await setFault(demo, {});
    await get(`${demo.url}/delay/0`);
    const { total, routes, lanes } = await statsOf(demo);
    expect(total).toEqual({ calls: 4, open: 0, maxOpen: 3 });
    expect(routes["delay"]).toEqual({ calls: 4, open: 0, maxOpen: 3 });
    expect(lanes).toEqual({ a: { calls: 2, open: 0, maxOpen: 2 }, b: { calls: 1, open: 0, maxOpen: 1 } });
  });

  it("counts a call that a fault resets as over", async () => {
    await setFault(demo, { route: "delay", reset: true });
    await expect(fetch(`${demo.url}/delay/0`)).rejects.toThrow("fetch failed");
    await untilOpen(demo, "delay", 0);
  });
});

describe.each([
  ["POST", "/_stats/reset"],
  ["DELETE", "/_stats"],
])("%s %s", (method, path) => {
  it("forgets what is past and keeps what is open", async () => {
    await get(`${demo.url}/delay/0`, { headers: { "manifold-lane": "past" } });
    await get(`${demo.url}/status/200`);
    await setFault(demo, { route: "delay", hang: true });
    const call = startCall(`${demo.url}/delay/0`, { "manifold-lane": "present" });
    await untilOpen(demo, "delay", 1);
    const { body } = await get(`${demo.url}${path}`, { method });
    expect(body).toMatchObject({
      routes: { delay: { calls: 0, open: 1, maxOpen: 1 }, status: { calls: 0, open: 0, maxOpen: 0 } },
    });
    expect((body as { lanes: object }).lanes).toEqual({ present: { calls: 0, open: 1, maxOpen: 1 } });
    call.leave();
    await untilOpen(demo, "delay", 0);
  });
});
