import { useSyncExternalStore } from "hono/jsx/dom";
import type { CountriesAnswer, CountryAnswer } from "./api.ts";
import { CountryPage } from "./country-page.tsx";
import { hashOf } from "./deep-link.ts";
import type { Refusal, Unreachable } from "./exchange.ts";
import { type Latest, valueOf } from "./latest.ts";
import { Picker } from "./picker.tsx";
import { RequestLine } from "./request-line.tsx";
import { Welcome } from "./welcome.tsx";

interface CountryViewProps {
  readonly countries: Latest<undefined, CountriesAnswer | Refusal | Unreachable>;
  readonly country: Latest<string, CountryAnswer | Refusal | Unreachable>;
  /** Shows a country; the one that is shown is asked for again. */
  readonly onPick: (code: string) => void;
}

/** A country at a time, for people rather than for those who want to know how it was fetched. */
export function CountryView({ countries, country, onPick }: CountryViewProps) {
  const list = valueOf(useSyncExternalStore(countries.subscribe, countries.get));
  const shown = useSyncExternalStore(country.subscribe, country.get);
  const names = list?.kind === "countries" ? list.countries : [];
  const answer = valueOf(shown);
  const code = shown.kind === "idle" ? undefined : shown.key;

  return (
    <>
      <div class="toolbar">
        <Picker
          countries={names}
          current={code}
          failure={list === undefined || list.kind === "countries" ? undefined : list}
          onPick={onPick}
          onRetry={() => countries.load(undefined)}
        />
        {code !== undefined && (
          <>
            <button type="button" onClick={() => onPick(code)}>
              Ask again
            </button>
            <a class="button" href={hashOf(`/api/countries/${code}`, "")}>
              See the plan
            </a>
          </>
        )}
        <RequestLine state={shown} />
      </div>
      {answer === undefined || code === undefined ? (
        <Welcome countries={names} isWaiting={code !== undefined} onPick={onPick} />
      ) : (
        <CountryPage
          answer={answer}
          names={names}
          isStale={shown.kind === "loading"}
          onRetry={() => onPick(code)}
        />
      )}
    </>
  );
}
