import { describe, expect, it } from "vitest";
import { overDemo } from "./over-demo.ts";
import { requestAndReset, until } from "./product.ts";

const { workerUrl, setFault, stats } = overDemo({ latencyMs: 50 });

const untilNothingIsOpen = async () => await until(async () => (await stats()).total.open === 0);

/** A test reads only some of an answer's members. */
type Answer = Record<string, unknown> & {
  facts: { name: string };
  _timeline: { spans: { outcome: string }[] };
};

async function get(path: string, init?: RequestInit) {
  const response = await fetch(`${workerUrl()}${path}`, init);
  const { status, headers } = response;
  return { status, headers, body: (await response.json()) as Answer };
}

describe("GET /api/countries/:code", () => {
  it("puts four calls, all open at once, into one answer in the order of declaration", async () => {
    const { status, headers, body } = await get("/api/countries/FRA");
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(["facts", "stats", "airports", "cities"]);
    expect(body.facts).toMatchObject({ cca3: "FRA", name: "France", capital: "Paris", areaKm2: 551_695 });
    expect(body["stats"]).toMatchObject({ largestCity: { name: "Paris" } });
    expect(body["cities"]).toHaveLength(10);
    expect((await stats()).total).toEqual({ calls: 4, open: 0, maxOpen: 4 });
    expect(headers.get("Manifold-Incomplete")).toBeNull();
    expect(headers.get("Content-Type")).toBe("application/json; charset=utf-8");
    expect(headers.get("Server-Timing")).toMatch(/^facts;dur=[\d.]+, stats;.*total;dur=[\d.]+$/);
    expect(headers.get("X-Request-Id")).toMatch(/^[\da-f-]{36}$/);
  });

  it("draws a timeline whose bars overlap", async () => {
    const { body } = await get("/api/countries/DEU?_timeline=1");
    expect(body._timeline).toMatchObject({
      durationMs: expect.any(Number) as number,
      spans: ["facts", "stats", "airports", "cities"].map((name) => ({ name, outcome: "ok" })),
    });
  });

  it.each<[Record<string, unknown>, string]>([
    [{ status: 500 }, "status=500"],
    [{ status: 503, retryAfter: "1" }, "status=503"],
    [{ reset: true }, "unreachable"],
    [{ resetBody: true }, "reset"],
    [{ hang: true }, "timeout"],
    [{ hangBody: true }, "timeout"],
    [{ body: "not json" }, "malformed"],
    [{ body: "" }, "malformed"],
    [{ contentType: "text/html" }, "malformed"],
    [{ body: "[".repeat(100_000) }, "malformed"],
    [{ status: 302, headers: { Location: "/countries/FRA/airports" } }, "redirect"],
    [{ status: 302, headers: { Location: "http://10.0.0.1/" } }, "redirect"],
    [{ status: 429 }, "status=429"],
    [{ headers: { "X-Bomb": "x".repeat(1_000_000) } }, "unreachable"],
    [{ body: `"${"x".repeat(5_000_000)}"` }, "too-large"],
  ])("keeps the other branches when an optional one meets %o", async (fault, label) => {
    await setFault({ route: "airports", ...fault });
    const { status, headers, body } = await get("/api/countries/FRA");
    expect(status).toBe(200);
    expect(headers.get("Manifold-Incomplete")).toBe(`airports;${label}`);
    expect(headers.get("Cache-Control")).toBe("no-store");
    expect(Object.keys(body)).toEqual(["facts", "stats", "cities"]);
    await untilNothingIsOpen();
  });

  it.each<[Record<string, unknown>, number, string]>([
    [{ status: 500 }, 502, "upstream-failed"],
    [{ status: 429 }, 429, "upstream-refused"],
    [{ reset: true }, 502, "upstream-failed"],
    [{ resetBody: true }, 502, "upstream-failed"],
    [{ hang: true }, 504, "upstream-timeout"],
    [{ hangBody: true }, 504, "upstream-timeout"],
    [{ body: "not json" }, 502, "upstream-failed"],
    [{ body: '{"cca3": 7}' }, 502, "upstream-failed"],
  ])(
    "answers with a problem when the required one meets %o, and leaves nothing open",
    async (fault, status, code) => {
      await setFault({ route: "country", ...fault });
      const answer = await get("/api/countries/FRA");
      expect(answer.status).toBe(status);
      expect(answer.headers.get("Content-Type")).toBe("application/problem+json");
      expect(answer.body).toMatchObject({
        type: `urn:manifold:problem:${code}`,
        status,
        instance: answer.headers.get("X-Request-Id"),
        branches: [
          { name: "facts", attempts: 1 },
          { name: "stats" },
          { name: "airports" },
          { name: "cities" },
        ],
      });
      await untilNothingIsOpen();
    },
  );

  it("reckons with the upstream's own clock, however wrong it is", async () => {
    const headers = { Date: "Sat, 01 Jan 2000 00:00:00 GMT", Expires: "Sat, 01 Jan 2000 00:01:00 GMT" };
    await setFault({ route: "*", headers: { ...headers, "Cache-Control": "public" } });
    const { headers: answered } = await get("/api/countries/FRA");
    expect(answered.get("Cache-Control")).toMatch(/max-age=60\b/);
    await setFault({ route: "*", status: 503, headers, retryAfter: "Sat, 01 Jan 2000 00:00:09 GMT" });
    const refused = await get("/api/countries/FRA");
    expect([refused.status, refused.headers.get("Retry-After")]).toEqual([502, "9"]);
  });

  it("answers 404 for a country there is none of, and cancels the rest", async () => {
    const { status, body } = await get("/api/countries/XXX");
    expect(status).toBe(404);
    expect(body).toMatchObject({
      type: "urn:manifold:problem:not-found",
      detail: "Branch `facts` answered with status 404",
    });
    await untilNothingIsOpen();
  });

  it("goes on for those who wait for the same when the client who began it is reset", async () => {
    await setFault({ route: "country", latencyMs: 1_000 });
    const reset = await requestAndReset(`${workerUrl()}/api/countries/ITA`);
    await until(async () => (await stats()).routes["country"]?.open === 1);
    const joined = [get("/api/countries/ITA?a"), get("/api/countries/ITA?b")];
    // Something to wait for that shows they have come in: a call of their own.
    await get("/api/countries");
    expect((await stats()).routes["country"]).toMatchObject({ calls: 1, open: 1 });
    reset();
    const answers = await Promise.all(joined);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers.map(({ headers }) => headers.get("Manifold-Incomplete"))).toEqual([null, null]);
    expect((await stats()).routes["country"]).toMatchObject({ calls: 1 });
  });

  it("ends a call that several wait for when the last of them is reset", async () => {
    await setFault({ route: "*", hang: true });
    let isAnswered = false;
    const staying = get("/api/countries/DEU").finally(() => (isAnswered = true));
    await until(async () => (await stats()).total.open === 4);
    const resets = [await requestAndReset(`${workerUrl()}/api/countries/ITA`)];
    await until(async () => (await stats()).total.open === 8);
    resets.push(await requestAndReset(`${workerUrl()}/api/countries/ITA`));
    // It has come in, and joined, when a later one has been answered.
    await get("/healthz");
    expect((await stats()).total).toMatchObject({ calls: 8, open: 8 });
    for (const reset of resets) {
      expect((await stats()).total.open).toBe(8);
      reset();
      await get("/healthz");
    }
    await until(async () => (await stats()).total.open === 4);
    // Had a timeout ended them, the client who came before would have been answered first.
    expect(isAnswered).toBe(false);
    await staying;
  });

  it("ends the upstream calls of a client whose connection is reset, and no other's", async () => {
    await setFault({ route: "*", hang: true });
    let isAnswered = false;
    const staying = get("/api/countries/DEU").finally(() => (isAnswered = true));
    await until(async () => (await stats()).total.open === 4);
    const reset = await requestAndReset(`${workerUrl()}/api/countries/FRA`);
    await until(async () => (await stats()).total.open === 8);
    reset();
    await until(async () => (await stats()).total.open === 4);
    // Had a timeout ended those calls, the client who came before would have been answered first.
    expect(isAnswered).toBe(false);
    expect((await staying).status).toBe(504);
    await untilNothingIsOpen();
  });

  it.each(["%2e%2e", "..%2f..%2fstatus%2f200", "FRA%00", "FRA%2Fstats"])(
    "does not let the parameter %s reach another place",
    async (code) => {
      const { status } = await get(`/api/countries/${code}`);
      expect([400, 404]).toContain(status);
      expect((await stats()).routes["status"]).toMatchObject({ calls: 0 });
    },
  );
});

describe("everything else", () => {
  it("answers 404 on an unknown path", async () => {
    const { status, headers, body } = await get("/api/nothing");
    expect([status, headers.get("Content-Type")]).toEqual([404, "application/problem+json"]);
    expect(body).toMatchObject({
      type: "urn:manifold:problem:not-found",
      detail: "No route for /api/nothing",
    });
  });

  it("answers 405 with Allow on a wrong method", async () => {
    const { status, headers } = await get("/api/countries/FRA", { method: "DELETE" });
    expect([status, headers.get("Allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
  });

  it("lists the countries there are", async () => {
    const { body } = await get("/api/countries");
    expect(body).toHaveLength(250);
    expect(body).toContainEqual({ code: "FRA", name: "France", flag: "🇫🇷" });
  });

  it("serves the page, which may load nothing from elsewhere", async () => {
    const response = await fetch(workerUrl());
    expect(await response.text()).toContain("<title>Manifold</title>");
    expect(response.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
  });

  it("is alive", async () => {
    expect(await get("/healthz")).toMatchObject({ status: 200, body: { status: "ok" } });
  });
});
