import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startDemo, type Demo } from "../../demo/server.ts";
import { get } from "./client.ts";

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo();
});
afterAll(async () => {
  await demo[Symbol.asyncDispose]();
});

const at = (path: string, init?: RequestInit) => get(`${demo.url}${path}`, init);

describe("GET /countries", () => {
  it("lists all countries by name", async () => {
    const { body } = await at("/countries");
    expect(body).toHaveLength(250);
    expect(body).toMatchObject({
      0: { cca3: "AFG", name: "Afghanistan", flag: "🇦🇫" },
      1: { name: "Åland Islands" },
    });
  });

  it("picks the countries of `codes` in the order asked, each once, without the unknown", async () => {
    const { body } = await at("/countries?codes=DEU,XXX,fra,DEU");
    const [germany, france] = [await at("/countries/DEU"), await at("/countries/FRA")];
    expect(body).toEqual([germany.body, france.body]);
  });

  it("says its type and its length in bytes", async () => {
    const response = await fetch(`${demo.url}/countries`);
    const bytes = await response.arrayBuffer();
    expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(response.headers.get("content-length")).toBe(String(bytes.byteLength));
    expect(response.headers.get("keep-alive")).toBe("timeout=75");
  });
});

describe("GET /countries/:cca3", () => {
  it("tells the facts of a country, in any case of letters", async () => {
    const { body } = await at("/countries/fra");
    expect(body).toEqual({
      cca2: "FR",
      cca3: "FRA",
      name: "France",
      officialName: "French Republic",
      capital: "Paris",
      region: "Europe",
      subregion: "Western Europe",
      areaKm2: 551_695,
      latitude: 46,
      longitude: 2,
      borders: ["AND", "BEL", "DEU", "ITA", "LUX", "MCO", "ESP", "CHE"],
      languages: [{ code: "fra", name: "French" }],
      currencies: [{ code: "EUR", name: "Euro", symbol: "€" }],
      flag: "🇫🇷",
    });
  });

  it.each([
    ["SJM", { areaKm2: null }],
    ["ATA", { capital: null, subregion: null, languages: [], currencies: [] }],
    ["BES", { flag: "🇧🇶" }],
  ])("tells what is not known of %s as null or empty", async (cca3, facts) => {
    expect((await at(`/countries/${cca3}`)).body).toMatchObject(facts);
  });

  it.each(["/countries/XXX", "/countries/XXX/stats", "/countries/XXX/airports", "/countries/XXX/cities"])(
    "answers 404 to %s",
    async (path) => {
      const { response, body } = await at(path);
      expect(response.status).toBe(404);
      expect(body).toEqual({ error: "not-found", message: "No country has the code XXX" });
    },
  );
});

describe("GET /countries/:cca3/stats", () => {
  it("computes the figures of a country", async () => {
    expect((await at("/countries/FRA/stats")).body).toEqual({
      population: 66_977_107,
      densityPerKm2: 121.4,
      citiesOver100k: 39,
      largestCity: { name: "Paris", population: 2_138_551 },
    });
  });

  it.each([
    ["COD", 84_068_091],
    ["FJI", 883_483],
    ["TUR", 82_319_724],
    ["CZE", 10_629_928],
    ["UNK", null],
  ])("knows the population of %s: %s", async (cca3, population) => {
    expect((await at(`/countries/${cca3}/stats`)).body).toMatchObject({ population });
  });

  it("takes no part of a city for a city", async () => {
    const { body } = await at("/countries/PSE/stats");
    expect(body).toMatchObject({ largestCity: { name: "Gaza" } });
  });

  it("has neither a density without an area, nor a largest city without cities", async () => {
    expect((await at("/countries/SJM/stats")).body).toMatchObject({ densityPerKm2: null });
    expect((await at("/countries/BVT/stats")).body).toMatchObject({ citiesOver100k: 0, largestCity: null });
  });
});

describe("GET /countries/:cca3/airports", () => {
  it("lists the large airports before the medium ones", async () => {
    const { body } = await at("/countries/FRA/airports");
    expect(body).toContainEqual({
      iata: "CDG",
      icao: "LFPG",
      name: "Charles de Gaulle International Airport",
      city: "Paris",
      size: "large",
      latitude: expect.closeTo(49.01, 2) as number,
      longitude: expect.closeTo(2.55, 2) as number,
      elevationM: 119,
    });
    const sizes = (body as { size: string }[]).map(({ size }) => size);
    expect(sizes).toEqual(sizes.toSorted());
  });

  it.each([
    [
      "null for what is not known",
      "CHN",
      { name: "Fengning Air Base", iata: null, icao: null, city: null, elevationM: null },
    ],
    ["the present code where the source's own id is an old one", "ZWE", { iata: "HRE", icao: "FVRG" }],
  ])("has %s", async (_, cca3, facts) => {
    const { body } = await at(`/countries/${cca3}/airports`);
    expect(body).toContainEqual(expect.objectContaining(facts));
  });

  it("is empty where there are none", async () => {
    expect((await at("/countries/LIE/airports")).body).toEqual([]);
  });
});

describe("GET /delay/:ms", () => {
  it("answers after the delay", async () => {
    expect((await at("/delay/1")).body).toEqual({ delayedMs: 1 });
  });
});

describe("GET /status/:code", () => {
  it("answers with the status", async () => {
    const { response, body } = await at("/status/418");
    expect(response.status).toBe(418);
    expect(body).toEqual({ status: 418, reason: "I'm a Teapot" });
  });

  it.each([204, 205, 304])("sends no body with %i", async (status) => {
    const response = await fetch(`${demo.url}/status/${status}`);
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBeNull();
    expect(await response.text()).toBe("");
  });
});

describe("a request that cannot be served", () => {
  it.each([
    ["/delay/-1", 'Expected `ms` to be an integer from 0 to 60000, got "-1"'],
    ["/delay/60001", 'Expected `ms` to be an integer from 0 to 60000, got "60001"'],
    ["/status/199", 'Expected `code` to be an integer from 200 to 599, got "199"'],
    ["/status/abc", 'Expected `code` to be an integer from 200 to 599, got "abc"'],
  ])("answers 400 to %s", async (path, message) => {
    const { response, body } = await at(path);
    expect(response.status).toBe(400);
    expect(body).toMatchObject({ error: "bad-request", message });
  });

  it.each(["/", "/countries/", "/countries/FRA/rivers", "/delay/1/2"])("answers 404 to %s", async (path) => {
    const { response, body } = await at(path);
    expect(response.status).toBe(404);
    expect(body).toEqual({ error: "not-found", message: `Nothing is at ${path}` });
  });

  it.each([
    ["DELETE", "/countries", "GET, HEAD"],
    ["PUT", "/status/200", "GET, HEAD, POST"],
    ["PUT", "/_control", "GET, POST"],
    ["POST", "/_stats", "GET, DELETE"],
    ["GET", "/_stats/reset", "POST"],
  ])("answers 405 to %s %s and names what is allowed", async (method, path, allow) => {
    const { response, body } = await at(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe(allow);
    expect(body).toEqual({ error: "method-not-allowed", message: `Expected ${allow}, got ${method}` });
  });

  it("takes what is sent to a status", async () => {
    const response = await fetch(`${demo.url}/status/204`, { method: "POST", body: "{}" });
    expect(response.status).toBe(204);
  });

  it("answers HEAD like GET, without the body", async () => {
    const response = await fetch(`${demo.url}/countries/FRA`, { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(Number(response.headers.get("content-length"))).toBeGreaterThan(0);
    expect(await response.text()).toBe("");
  });
});

describe("startDemo", () => {
  it("rejects when the port is taken", async () => {
    await expect(startDemo({ port: demo.port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  it("gives its port back when it is disposed of, even twice", async () => {
    const first = await startDemo();
    await first[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
    await using second = await startDemo({ port: first.port });
    expect(second.url).toBe(first.url);
  });
});
