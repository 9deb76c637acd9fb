import { setTimeout as sleep } from "node:timers/promises";
import { checkInteger } from "./check.ts";
import { airportsOf } from "./data/airports.ts";
import { citiesOf } from "./data/cities.ts";
import { COUNTRIES, findCountry, type Country } from "./data/countries.ts";
import { countryStats } from "./data/country-stats.ts";
import { pageReply } from "./paging.ts";
import { json, notFound, refused, statusReply, type Reply } from "./reply.ts";
import type { RouteName } from "./routes.ts";

/** What a route is asked. */
interface Question {
  /** The variable part of the path; empty on a route without one. */
  readonly argument: string;
  readonly query: URLSearchParams;
  /** Aborts when the client has left. */
  readonly signal: AbortSignal;
}

type Answer = (question: Question) => Reply | Promise<Reply>;

const MAX_DELAY_MS = 60_000;

/** What each route answers when nothing is made to fail. Rejects only when the signal aborts. */
export const ANSWERS: Readonly<Record<RouteName, Answer>> = {
  countries: ({ query }) => {
    const codes = query.get("codes");
    return codes === null
      ? json(COUNTRIES.map(({ cca3, name, flag }) => ({ cca3, name, flag })))
      : json(pickCountries(codes.split(",")));
  },
  country: ofCountry((country) => json(country)),
  stats: ofCountry((country) => json(countryStats(country))),
  airports: ofCountry(({ cca2 }) => json(airportsOf(cca2))),
  cities: ofCountry(({ cca2, cca3 }, query) => {
    const page = pageReply(citiesOf(cca2), query, `/countries/${cca3}/cities`);
    return page.ok ? page.value : refused(page.refusal);
  }),
  delay: async ({ argument, signal }) => {
    const delayMs = checkInteger("ms", argument, { from: 0, to: MAX_DELAY_MS });
    if (!delayMs.ok) return refused(delayMs.refusal);
    await sleep(delayMs.value, undefined, { signal });
    return json({ delayedMs: delayMs.value });
  },
  status: ({ argument }) => {
    // Node sends 1xx on its own account; they are no final answers.
    const status = checkInteger("code", argument, { from: 200, to: 599 });
    return status.ok ? statusReply(status.value) : refused(status.refusal);
  },
};

function ofCountry(answer: (country: Country, query: URLSearchParams) => Reply): Answer {
  return ({ argument, query }) => {
    const country = findCountry(argument);
    return country === undefined ? notFound(`No country has the code ${argument}`) : answer(country, query);
  };
}

/** The countries with these codes, each once, in the order asked; unknown codes are left out. */
function pickCountries(codes: readonly string[]): Country[] {
  const found = codes.map((code) => findCountry(code.trim())).filter((country) => country !== undefined);
  return [...new Set(found)];
}
