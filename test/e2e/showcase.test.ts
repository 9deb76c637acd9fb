import { describe, expect, it } from "vitest";
import { overDemo } from "./over-demo.ts";
import { requestAndReset, until } from "./product.ts";

const { workerUrl, setFault, stats } = overDemo({ latencyMs: 20 });

async function get(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${workerUrl()}${path}`, { headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

describe("GET /api/countries/:code/profile", () => {
  it("joins the neighbours in one call, and reads every page of the cities", async () => {
    const { status, headers, text } = await get("/api/countries/FRA/profile");
    expect([status, headers.get("Manifold-Incomplete")]).toEqual([200, null]);
    expect(JSON.parse(text)).toMatchObject({
      name: "France",
      neighbours: expect.arrayContaining([{ code: "DEU", name: "Germany", flag: "🇩🇪" }]) as unknown,
      airports: expect.arrayContaining([expect.objectContaining({ iata: "CDG", city: "Paris" })]) as unknown,
      cities: { count: expect.any(Number) as number, largest: [{ name: "Paris" }, {}, {}, {}, {}] },
    });
    const { routes } = await stats();
    expect(routes["countries"]?.calls).toBe(1);
    expect(routes["cities"]?.calls).toBeGreaterThan(5);
  });

  it("turns to the mirror when its upstream fails, after trying again", async () => {
    // The demo's one server is both, so the mirror fails too: three attempts, and the mirror's.
    await setFault({ route: "stats", status: 503 });
    const { headers } = await get("/api/countries/DEU/profile?_timeline=1");
    expect(headers.get("Manifold-Incomplete")).toBe("stats;status=503");
    expect(headers.get("Server-Timing")).toMatch(/stats;dur=[\d.]+;desc="status=503 attempts=4"/);
  });

  it("keeps the airports for a minute", async () => {
    await get("/api/countries/ITA/profile");
    const { headers } = await get("/api/countries/ITA/profile");
    expect(headers.get("Server-Timing")).toMatch(/airports;dur=[\d.]+;desc="hit"/);
    expect((await stats()).routes["airports"]?.calls).toBe(1);
  });

  it("streams each branch as it lands, the dependent one after what it needs", async () => {
    const { headers, text } = await get("/api/countries/ESP/profile", { Accept: "text/event-stream" });
    expect(headers.get("Content-Type")).toBe("text/event-stream");
    const events = text
      .trim()
      .split("\n\n")
      .map((event) => /^data: (.*)$/m.exec(event)?.[1] ?? "");
    const names = events.map((data) => (JSON.parse(data) as { name?: string }).name);
    expect(names).toHaveLength(6);
    expect(names.indexOf("neighbours")).toBeGreaterThan(names.indexOf("facts"));
    expect(names.at(-1)).toBeUndefined();
  });
});

describe("GET /api/compare", () => {
  it("puts the named countries side by side, in their order, unknown ones as null", async () => {
    const { text } = await get("/api/compare?codes=deu,FRA,XXX");
    expect(JSON.parse(text)).toMatchObject([
      { code: "DEU", citiesOver100k: expect.any(Number) as number },
      { code: "FRA" },
      null,
    ]);
  });

  it("asks for more than six at once over lanes, none wider than six", async () => {
    const codes = "FRA,DEU,ITA,ESP,PRT,BEL,NLD,LUX,CHE,AUT,POL,CZE,DNK,SWE,NOR,FIN,GBR,IRL,HUN,ROU";
    const { text } = await get(`/api/compare?codes=${codes}`);
    expect(JSON.parse(text)).toHaveLength(20);
    const { routes, lanes } = await stats();
    expect(routes["stats"]).toMatchObject({ calls: 20 });
    expect(routes["stats"]?.maxOpen).toBeGreaterThan(6);
    expect(Math.max(...Object.values(lanes).map(({ maxOpen }) => maxOpen))).toBeLessThanOrEqual(6);
  });

  it("goes on for who waits for one of its calls when a client is reset that waits for more", async () => {
    await setFault({ route: "stats", latencyMs: 1_000 });
    const open = async () => (await stats()).routes["stats"]?.open;
    const reset = await requestAndReset(`${workerUrl()}/api/compare?codes=ITA,FRA`);
    await until(async () => (await open()) === 2);
    const joined = get("/api/compare?codes=ITA,DEU");
    await until(async () => (await open()) === 3);
    reset();
    await until(async () => (await open()) === 2);
    const { headers, text } = await joined;
    expect(headers.get("Manifold-Incomplete")).toBeNull();
    const citiesOver100k = expect.any(Number) as number;
    expect(JSON.parse(text)).toMatchObject([
      { code: "ITA", citiesOver100k },
      { code: "DEU", citiesOver100k },
    ]);
    expect((await stats()).routes["stats"]).toMatchObject({ calls: 3 });
  });

  it("says when it has the figures of some only", async () => {
    await setFault({ route: "stats", status: 500 });
    const { status, headers, text } = await get("/api/compare?codes=ITA,DEU");
    expect([status, headers.get("Manifold-Incomplete")]).toEqual([200, "stats;partial"]);
    expect(headers.get("Cache-Control")).toBe("no-store");
    expect(JSON.parse(text)).toMatchObject([{ code: "ITA" }, { code: "DEU" }]);
  });

  it("refuses more countries than it takes, as the caller's mistake", async () => {
    const codes = Array.from({ length: 51 }, (_, index) => `X${index}`).join(",");
    const { status, text } = await get(`/api/compare?codes=${codes}`);
    expect(status).toBe(400);
    expect(text).toContain("expected at most 50 elements to fan out over, got 51");
    expect((await stats()).total.calls).toBe(0);
  });
});
