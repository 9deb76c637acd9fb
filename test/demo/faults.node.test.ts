import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { startDemo, type Demo } from "../../demo/server.ts";
import { get, readWire, setFault, startCall, statsOf, untilOpen } from "./client.ts";

let demo: Demo;
let draws: number[] = [];
beforeAll(async () => {
  demo = await startDemo({ random: () => draws.shift() ?? 0 });
});
afterEach(async () => {
  await setFault(demo, {});
  await fetch(`${demo.url}/_stats`, { method: "DELETE" });
  draws = [];
});
afterAll(async () => {
  await demo[Symbol.asyncDispose]();
});

const AIRPORTS = "/countries/FRA/airports";
const at = (path: string) => get(`${demo.url}${path}`);
const statusOf = async (path: string) => (await fetch(`${demo.url}${path}`)).status;

describe("POST /_control", () => {
  it("sets one route's fault and leaves the others alone", async () => {
    await setFault(demo, { route: "airports", status: 500 });
    expect(await statusOf(AIRPORTS)).toBe(500);
    expect(await statusOf("/countries/FRA")).toBe(200);
  });

  it("sets every route's fault with *, before which a route's own fields come", async () => {
    await setFault(demo, { route: "*", status: 500, retryAfter: "2" });
    await setFault(demo, { route: "airports", status: 429 });
    const { response } = await at(AIRPORTS);
    expect(response.status).toBe(429);
    expect(response.headers.get("retry-after")).toBe("2");
    expect(await statusOf("/delay/0")).toBe(500);
  });

  it("replaces a route's fault, removes it when nothing is left, and clears all with {}", async () => {
    await setFault(demo, { route: "airports", status: 500 });
    const replaced = await setFault(demo, { route: "airports", body: "x" });
    expect(replaced.body).toEqual({ faults: { airports: { body: "x" } } });
    expect((await setFault(demo, { route: "airports" })).body).toEqual({ faults: {} });
    await setFault(demo, { route: "cities", hang: true });
    expect((await setFault(demo, {})).body).toEqual({ faults: {} });
  });

  it("is shown by GET", async () => {
    await setFault(demo, { route: "cities", latencyMs: 5, hang: true });
    expect((await at("/_control")).body).toEqual({ faults: { cities: { latencyMs: 5, hang: true } } });
  });

  it.each([
    [{ route: "airport", status: 500 }, /^Expected `route` to be one of airports, .*, got "airport"$/],
    [{ status: 500 }, /^Expected `route` to be one of countries, .*\*, got nothing$/],
    [{ route: "airports", staus: 500 }, /^Expected `field` to be one of status, .*, got "staus"$/],
    [{ route: "airports", status: 199 }, /^Expected `status` to be an integer from 200 to 599, got 199$/],
    [{ route: "airports", status: "503" }, /^Expected `status` to be an integer from 200 to 599, got "503"$/],
    [
      { route: "airports", latencyMs: -1 },
      /^Expected `latencyMs` to be a number of milliseconds from 0 to 60000/,
    ],
    [{ route: "airports", failRate: 1.1 }, /^Expected `failRate` to be a number from 0 to 1, got 1.1$/],
    [{ route: "airports", hang: "yes" }, /^Expected `hang` to be true or false, got "yes"$/],
    [{ route: "airports", body: {} }, /^Expected `body` to be a string, got \{\}$/],
    [{ route: "airports", retryAfter: 2 }, /^Expected `retryAfter` to be the value of a header, got 2$/],
    [{ route: "airports", contentType: "a\nb" }, /^Expected `contentType` to be the value of a header/],
    [{ route: "airports", headers: { "a b": "c" } }, /^Expected `headers` to be an object of header names/],
    [{ route: "airports", headers: { Trailer: "c" } }, /^Expected `headers` to be an object of header names/],
    [{ route: "airports", headers: { a: 1 } }, /^Expected `headers` to be an object of header names/],
    [
      { route: "airports", hang: true, reset: true },
      /^Expected `reset` to be false while `hang` is true, got true$/,
    ],
    [[], /^Expected `body` to be a JSON object, got \[\]$/],
  ])("refuses %j and changes nothing", async (command, message) => {
    const { response, body } = await setFault(demo, command);
    expect(response.status).toBe(400);
    expect(body).toMatchObject({ error: "bad-request", message: expect.stringMatching(message) as string });
    expect((await at("/_control")).body).toEqual({ faults: {} });
  });

  it("refuses what is not JSON", async () => {
    const { response, body } = await get(`${demo.url}/_control`, { method: "POST", body: "{route" });
    expect(response.status).toBe(400);
    expect(body).toMatchObject({ name: "body", rule: "a JSON object", value: "{route" });
  });

  it("lists the known names, the nearest first", async () => {
    const { body } = await setFault(demo, { route: "city" });
    expect(body).toMatchObject({ name: "route", value: "city" });
    expect((body as { known: string[] }).known.slice(0, 1)).toEqual(["cities"]);
  });
});

describe("a fault", () => {
  it("answers its status with a small body", async () => {
    await setFault(demo, { route: "airports", status: 503 });
    const { response, body } = await at(AIRPORTS);
    expect(response.status).toBe(503);
    expect(body).toEqual({ status: 503, reason: "Service Unavailable" });
  });

  it("replaces body and headers and leaves the status", async () => {
    await setFault(demo, {
      route: "airports",
      body: "not json ✗",
      contentType: "text/html",
      retryAfter: "2",
      headers: { "X-Demo": "1", "Content-Type": "loses to contentType" },
    });
    const response = await fetch(`${demo.url}${AIRPORTS}`);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("not json ✗");
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/html",
      "content-length": "12",
      "retry-after": "2",
      "x-demo": "1",
    });
  });

  it("strikes the calls that the random source draws below failRate, with 503 when no status is given", async () => {
    await setFault(demo, { route: "airports", failRate: 0.5, retryAfter: "2" });
    draws = [0.49, 0.5, 0, 0.99];
    const responses = [];
    for (const _ of draws.slice()) responses.push(await fetch(`${demo.url}${AIRPORTS}`));
    expect(responses.map(({ status }) => status)).toEqual([503, 200, 503, 200]);
    expect(responses.map(({ headers }) => headers.get("retry-after"))).toEqual(["2", null, "2", null]);
  });

  it("lets failRate govern the endings too", async () => {
    await setFault(demo, { route: "airports", failRate: 0.5, reset: true });
    draws = [0.5, 0.49];
    expect((await readWire(demo, AIRPORTS)).end).toBe("fin");
    expect((await readWire(demo, AIRPORTS)).end).toBe("reset");
  });

  it("resets the connection before the answer", async () => {
    await setFault(demo, { route: "airports", reset: true });
    expect(await readWire(demo, AIRPORTS)).toEqual({ head: "", body: "", end: "reset" });
  });

  it("ends as the route's own fault says where * says otherwise", async () => {
    await setFault(demo, { route: "*", hang: true });
    await setFault(demo, { route: "airports", reset: true });
    expect((await readWire(demo, AIRPORTS)).end).toBe("reset");
  });

  it("resets the connection in the middle of the body", async () => {
    await setFault(demo, { route: "airports", resetBody: true, body: "0123456789" });
    const { head, body, end } = await readWire(demo, AIRPORTS);
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n(.*\r\n)*content-length: 10\r\n/);
    expect({ body, end }).toEqual({ body: "01234", end: "reset" });
  });

  it("falls silent in the middle of the body", async () => {
    await setFault(demo, { route: "airports", hangBody: true, body: "0123456789", failRate: 1 });
    const response = await fetch(`${demo.url}${AIRPORTS}`);
    expect(response.status).toBe(200);
    const reader = response.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe("01234");
    await untilOpen(demo, "airports", 1);
    await reader?.cancel();
    await untilOpen(demo, "airports", 0);
  });

  it("hangs until the client leaves", async () => {
    await setFault(demo, { route: "airports", hang: true });
    const call = startCall(`${demo.url}${AIRPORTS}`);
    await untilOpen(demo, "airports", 1);
    expect(call.isAnswered()).toBe(false);
    call.leave();
    await untilOpen(demo, "airports", 0);
    expect((await statsOf(demo)).routes["airports"]).toMatchObject({ calls: 1, open: 0 });
  });
});

describe("latency", () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const callCount = 50;

  it.each([
    ["the base latency", { latencyMs: 60_000 }, {}, "countries", "/countries"],
    ["a fault's latency", {}, { route: "*", latencyMs: 60_000 }, "status", "/status/200"],
    ["a delay", {}, {}, "delay", "/delay/60000"],
  ])("frees the timers of %s when the clients leave", async (_, options, fault, route, path) => {
    const log = vi.spyOn(console, "error");
    await using slow = await startDemo(options);
    await setFault(slow, fault);
    const calls = Array.from({ length: callCount }, () => startCall(`${slow.url}${path}`));
    await untilOpen(slow, route, callCount);
    const held = timers();
    for (const call of calls) call.leave();
    await untilOpen(slow, route, 0);
    // The test runner has a few timers of its own, which come and go.
    expect(held - timers()).toBeGreaterThan(callCount / 2);
    expect(log).not.toHaveBeenCalled();
  });

  it("is the base latency on data routes only, and a route's own latency comes before it", async () => {
    await using slow = await startDemo({ latencyMs: 60_000 });
    expect((await get(`${slow.url}/delay/0`)).response.status).toBe(200);
    await setFault(slow, { route: "country", latencyMs: 0 });
    expect((await get(`${slow.url}/countries/FRA`)).response.status).toBe(200);
  });
});
