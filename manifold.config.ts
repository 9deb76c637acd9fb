import * as z from "zod";
import { endpoint, upstream } from "./src/aggregate/endpoint.ts";
import { url } from "./src/aggregate/target.ts";
import type { Config } from "./src/config.ts";
import { downloadTask } from "./src/handlers/download.ts";
import { emailTask } from "./src/handlers/email.ts";
import { fetchTask } from "./src/handlers/fetch.ts";
import { imageTask } from "./src/handlers/image.ts";
import { webhookTask } from "./src/handlers/webhook.ts";
import { task } from "./src/tasks/define.ts";
import type { LimitPolicy } from "./src/limits/policy.ts";

/** To play with: five at once, five a second. */
const demo: LimitPolicy = {
  name: "demo",
  capacity: 5,
  refill: { tokens: 5, perMs: 1_000 },
  onFailure: "open",
};

/** The demo upstream: countries, their airports and cities. */
const atlas = upstream("atlas", { origin: { env: "ATLAS_ORIGIN" }, timeoutMs: 2_000 });

/** The same, for what has to be there: tried again, sent twice when slow, left alone when it fails too often. */
const sturdyAtlas = upstream("sturdy-atlas", {
  origin: { env: "ATLAS_ORIGIN" },
  timeoutMs: 1_000,
  retry: { attempts: 3, baseMs: 50, capMs: 500 },
  hedge: { minMs: 20, maxMs: 400 },
  breaker: { windowMs: 10_000, minCalls: 20, failureRatio: 0.5, openMs: 5_000 },
});

/** Stands in for it. A mirror is elsewhere; in the demo it is the same server by another name. */
const mirror = upstream("mirror", { origin: { env: "ATLAS_ORIGIN" }, timeoutMs: 1_000 });

const Country = z.object({
  cca3: z.string(),
  name: z.string(),
  officialName: z.string(),
  flag: z.string(),
  capital: z.string().nullable(),
  region: z.string(),
  subregion: z.string().nullable(),
  areaKm2: z.number().nullable(),
  borders: z.array(z.string()),
  languages: z.array(z.object({ code: z.string(), name: z.string() })),
  currencies: z.array(z.object({ code: z.string(), name: z.string(), symbol: z.string().optional() })),
});

const Stats = z.object({
  population: z.number().nullable(),
  densityPerKm2: z.number().nullable(),
  citiesOver100k: z.number(),
});

const City = z.object({ name: z.string(), population: z.number() });

const CountryNames = z.array(z.object({ cca3: z.string(), name: z.string(), flag: z.string() }));

/** One country, from four calls at once. Only the facts are a must. */
const country = endpoint("GET /api/countries/:code", { deadlineMs: 3_000 })
  .branch("facts", { from: atlas, get: "/countries/:code", schema: Country, statusFrom: true })
  .branch("stats", { from: atlas, get: "/countries/:code/stats", optional: true })
  .branch("airports", { from: atlas, get: "/countries/:code/airports", optional: true })
  .branch("cities", { from: atlas, get: "/countries/:code/cities?page=1&size=10", optional: true });

/** The countries there are. */
const countries = endpoint("GET /api/countries")
  .branch("names", { from: atlas, get: "/countries", schema: CountryNames })
  .respond(({ names }) => names.map(({ cca3, name, flag }) => ({ code: cca3, name, flag })));

/** A country with its neighbours and every one of its cities; here the calls depend on one another. */
const profile = endpoint("GET /api/countries/:code/profile", { deadlineMs: 8_000 })
  .branch("facts", { from: sturdyAtlas, get: "/countries/:code", schema: Country, statusFrom: true })
  .each("neighbours", {
    from: sturdyAtlas,
    needs: ["facts"],
    // A join: one call for all borders, each result put back beside its code.
    of: ({ needs }) => needs.facts.borders,
    batch: { size: 50, key: ({ cca3 }) => cca3 },
    get: ({ elements }) => url`/countries?codes=${elements}`,
    schema: Country,
    attach: (code, neighbour) => ({ code, name: neighbour?.name ?? null, flag: neighbour?.flag ?? null }),
    optional: true,
  })
  .branch("stats", {
    from: sturdyAtlas,
    get: "/countries/:code/stats",
    schema: Stats,
    fallback: [{ from: mirror }, { staleMs: 3_600_000 }],
    optional: true,
  })
  .branch("airports", {
    from: sturdyAtlas,
    get: "/countries/:code/airports",
    cache: { freshMs: 60_000, staleWhileRevalidateMs: 600_000, staleIfErrorMs: 3_600_000 },
    pick: ["iata", "name", "city"],
    optional: true,
  })
  .pages("cities", {
    from: sturdyAtlas,
    by: "number",
    size: 1_000,
    maxPages: 20,
    get: ({ params, page }) => url`/countries/${params.code}/cities?page=${page}&size=1000`,
    schema: z.array(City),
    optional: true,
  })
  .respond(({ facts, neighbours, stats, airports, cities }) => ({
    ...facts,
    neighbours,
    stats,
    airports,
    cities: cities && { count: cities.length, largest: cities.slice(0, 5) },
  }));

/** The countries that a caller names, side by side: `?codes=FRA,DEU`. */
const compare = endpoint("GET /api/compare", { deadlineMs: 3_000 })
  .each("countries", {
    from: atlas,
    of: ({ query }) => codesIn(query),
    batch: { size: 50, key: ({ cca3 }) => cca3 },
    get: ({ elements }) => url`/countries?codes=${elements}`,
    schema: Country,
    max: 50,
  })
  .each("stats", {
    from: atlas,
    of: ({ query }) => codesIn(query),
    get: ({ elements: [code = ""] }) => url`/countries/${code}/stats`,
    schema: Stats,
    max: 50,
    partial: true,
    optional: true,
  })
  .respond(({ countries: found, stats }) =>
    found.map(
      (one, index) => one && { code: one.cca3, name: one.name, areaKm2: one.areaKm2, ...stats?.[index] },
    ),
  );

function codesIn(query: URLSearchParams): readonly string[] {
  return (query.get("codes") ?? "")
    .split(",")
    .filter((code) => code !== "")
    .map((code) => code.toUpperCase());
}

/** A report on countries, made in the background: `{"type": "compare", "payload": {"codes": ["FRA", "DEU"]}}`. */
const report = task("compare", {
  payload: z
    .object({
      codes: z
        .array(z.string().regex(/^[A-Z]{3}$/))
        .min(1)
        .max(50),
    })
    .meta({ examples: [{ codes: ["FRA", "DEU"] }] }),
  attempts: 3,
  timeoutMs: 30_000,
  async handle({ payload, services, signal, progress }) {
    const origin = String(services.variables["ATLAS_ORIGIN"]);
    const rows = [];
    for (const [index, code] of payload.codes.entries()) {
      signal.throwIfAborted();
      const response = await services.fetch(`${origin}/countries/${code}/stats`);
      rows.push({ code, stats: response.ok ? await response.json() : null });
      progress((index + 1) / payload.codes.length, code);
    }
    return rows;
  },
});

/** What this Manifold serves. */
export const config: Config = {
  endpoints: [countries, country, profile, compare],
  limits: [demo],
  tasks: [
    report,
    fetchTask(),
    webhookTask({ secret: { env: "WEBHOOK_SECRET" } }),
    downloadTask({ bucket: { env: "FILES" } }),
    emailTask({ binding: { env: "EMAIL" } }),
    imageTask({ images: { env: "IMAGES" }, bucket: { env: "FILES" } }),
  ],
  crawls: { agent: "manifoldbot", userAgent: "Mozilla/5.0 (compatible; ManifoldBot/0.1)" },
  cron: [{ cron: "0 6 * * *", type: "compare", payload: { codes: ["FRA", "DEU"] } }],
  rooms: { retention: { messages: 100_000, ageMs: 30 * 86_400_000 } },
};
