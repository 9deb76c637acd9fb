import * as z from "zod";
import type { Config } from "./src/aggregate/config.ts";
import { endpoint, upstream } from "./src/aggregate/endpoint.ts";

/** The demo upstream: countries, their airports and cities. */
const atlas = upstream("atlas", { origin: { env: "ATLAS_ORIGIN" }, timeoutMs: 2_000 });

const Country = z.object({
  cca3: z.string(),
  name: z.string(),
  officialName: z.string(),
  flag: z.string(),
  capital: z.string().nullable(),
  region: z.string(),
  subregion: z.string().nullable(),
  areaKm2: z.number(),
  borders: z.array(z.string()),
  languages: z.array(z.object({ code: z.string(), name: z.string() })),
  currencies: z.array(z.object({ code: z.string(), name: z.string(), symbol: z.string().optional() })),
});

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

/** What this Manifold serves. */
export const config: Config = { endpoints: [countries, country] };
