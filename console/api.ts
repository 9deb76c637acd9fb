import type { Explanation } from "../src/aggregate/explain.ts";
import type { Country, CountryName } from "./answers.ts";
import { type Exchange, getJson, refusal, type Refusal, type Unreachable } from "./exchange.ts";
import { isObject } from "./is-object.ts";
import { type Missing, parseIncomplete } from "./incomplete.ts";
import { readTimeline, type Timeline } from "./timeline.ts";

/** One country, with what is missing from it. */
export interface CountryAnswer {
  readonly kind: "country";
  readonly exchange: Exchange;
  readonly country: Country;
  readonly missing: readonly Missing[];
  readonly timeline: Timeline | undefined;
}

/** All countries by name. */
export interface CountriesAnswer {
  readonly kind: "countries";
  readonly countries: readonly CountryName[];
}

/** An endpoint in the list of all. */
export interface EndpointName {
  /** Its route, such as `GET /api/things/:id`. */
  readonly name: string;
}

/** The endpoints of the configuration, in its order. */
export interface EndpointsAnswer {
  readonly kind: "endpoints";
  readonly endpoints: readonly EndpointName[];
}

/** What an endpoint does and costs. */
export interface PlanAnswer {
  readonly kind: "plan";
  readonly plan: Explanation;
}

/** Asks for one country and how long each part of it took. Rejects only when the signal aborts. */
export async function getCountry(
  code: string,
  signal: AbortSignal,
): Promise<CountryAnswer | Refusal | Unreachable> {
  const exchange = await getJson(`/api/countries/${encodeURIComponent(code)}?_timeline=1`, signal);
  if ("kind" in exchange) return exchange;
  const { status, body, incomplete } = exchange;
  if (status !== 200 || !isObject(body) || !isObject(body["facts"])) return refusal(exchange);
  return {
    kind: "country",
    exchange,
    // The API promises the rest; what it may leave out is optional in the type.
    country: body as unknown as Country,
    missing: parseIncomplete(incomplete ?? ""),
    timeline: readTimeline(body),
  };
}

/** Asks which countries there are. Rejects only when the signal aborts. */
export async function getCountries(
  _: undefined,
  signal: AbortSignal,
): Promise<CountriesAnswer | Refusal | Unreachable> {
  const exchange = await getJson("/api/countries", signal);
  if ("kind" in exchange) return exchange;
  const { status, body } = exchange;
  if (status !== 200 || !Array.isArray(body)) return refusal(exchange);
  return { kind: "countries", countries: body as CountryName[] };
}

/** Asks which endpoints there are. Rejects only when the signal aborts. */
export async function getEndpoints(
  _: undefined,
  signal: AbortSignal,
): Promise<EndpointsAnswer | Refusal | Unreachable> {
  const exchange = await getJson("/v1/endpoints", signal);
  if ("kind" in exchange) return exchange;
  const { status, body } = exchange;
  if (status !== 200 || !isObject(body) || !Array.isArray(body["items"])) return refusal(exchange);
  return { kind: "endpoints", endpoints: body["items"] as EndpointName[] };
}

/** Asks what an endpoint does and costs, by its name. Rejects only when the signal aborts. */
export async function getPlan(
  name: string,
  signal: AbortSignal,
): Promise<PlanAnswer | Refusal | Unreachable> {
  const exchange = await getJson(`/v1/endpoints/${encodeURIComponent(name)}`, signal);
  if ("kind" in exchange) return exchange;
  const { status, body } = exchange;
  if (status !== 200 || !isObject(body) || !Array.isArray(body["waves"])) return refusal(exchange);
  // The compiler holds us to what the API's own type says.
  return { kind: "plan", plan: body as unknown as Explanation };
}
