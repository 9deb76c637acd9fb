import type { Country, CountryName, Problem } from "./answers.ts";
import { type Missing, parseIncomplete } from "./incomplete.ts";
import type { Timeline } from "./timeline.ts";

/** One request and what came back, whatever it says. */
export interface Exchange {
  /** What was asked: path and query. */
  readonly target: string;
  readonly status: number;
  /** The body as it came. */
  readonly text: string;
  /** The body as JSON, or `undefined` where it is none. */
  readonly body: unknown;
  readonly requestId: string | undefined;
  readonly serverTiming: string | undefined;
  readonly incomplete: string | undefined;
}

/** A refusal that says why (RFC 9457), or an answer this page does not understand. */
export interface Refusal {
  readonly kind: "refused";
  readonly exchange: Exchange;
  readonly problem: Problem;
  readonly timeline: Timeline | undefined;
}

/** No answer, or one that broke off. */
export interface Unreachable {
  readonly kind: "unreachable";
  readonly target: string;
  /** The browser's own words. */
  readonly reason: string;
}

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

/** Asks for one country and how long each part of it took. Rejects only when the signal aborts. */
export async function getCountry(
  code: string,
  signal: AbortSignal,
): Promise<CountryAnswer | Refusal | Unreachable> {
  const exchange = await get(`/api/countries/${encodeURIComponent(code)}?_timeline=1`, signal);
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
  const exchange = await get("/api/countries", signal);
  if ("kind" in exchange) return exchange;
  const { status, body } = exchange;
  if (status !== 200 || !Array.isArray(body)) return refusal(exchange);
  return { kind: "countries", countries: body as CountryName[] };
}

async function get(target: string, signal: AbortSignal): Promise<Exchange | Unreachable> {
  try {
    const { status, headers, ...response } = await send(target, signal);
    return {
      target,
      status,
      ...response,
      requestId: headers.get("X-Request-Id") ?? undefined,
      serverTiming: headers.get("Server-Timing") ?? undefined,
      incomplete: headers.get("Manifold-Incomplete") ?? undefined,
    };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: "unreachable", target, reason: error instanceof Error ? error.message : String(error) };
  }
}

async function send(target: string, signal: AbortSignal) {
  const response = await fetch(target, { signal, headers: { Accept: "application/json" } });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parseJson(text) };
}

function refusal(exchange: Exchange): Refusal {
  const { status, body } = exchange;
  const isProblem = isObject(body) && typeof body["title"] === "string";
  const unexpected = { title: "This page does not understand the answer", status };
  return {
    kind: "refused",
    exchange,
    // A title makes it a problem (RFC 9457); all other members are optional in the type.
    problem: isProblem ? (body as unknown as Problem) : unexpected,
    timeline: isObject(body) ? readTimeline(body) : undefined,
  };
}

function readTimeline({ _timeline: timeline }: Readonly<Record<string, unknown>>): Timeline | undefined {
  const isTimeline = isObject(timeline) && Array.isArray(timeline["spans"]);
  return isTimeline ? (timeline as unknown as Timeline) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not every answer is JSON: a proxy on the way may send a page of its own.
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
