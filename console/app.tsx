import { useSyncExternalStore } from "hono/jsx/dom";
import type { CountriesAnswer, CountryAnswer, Refusal, Unreachable } from "./api.ts";
import { CountryPage } from "./country-page.tsx";
import { Header } from "./header.tsx";
import { type Latest, valueOf } from "./latest.ts";
import { Picker } from "./picker.tsx";
import { RequestLine } from "./request-line.tsx";
import { Welcome } from "./welcome.tsx";

interface AppProps {
  readonly countries: Latest<undefined, CountriesAnswer | Refusal | Unreachable>;
  readonly country: Latest<string, CountryAnswer | Refusal | Unreachable>;
  /** Shows a country; the one that is shown is asked for again. */
  readonly onPick: (code: string) => void;
}

/** The whole page. */
export function App({ countries, country, onPick }: AppProps) {
  const known = useSyncExternalStore(countries.subscribe, countries.get);
  const shown = useSyncExternalStore(country.subscribe, country.get);
  const list = valueOf(known);
  const names = list?.kind === "countries" ? list.countries : [];
  const answer = valueOf(shown);
  const code = shown.kind === "idle" ? undefined : shown.key;

  return (
    <>
      <Header isBusy={shown.kind === "loading"} />
      <main>
        <h1 class="unseen">Aggregate</h1>
        <div class="toolbar">
          <Picker
            countries={names}
            current={code}
            failure={list === undefined || list.kind === "countries" ? undefined : list}
            onPick={onPick}
            onRetry={() => countries.load(undefined)}
          />
          {code !== undefined && (
            <button type="button" onClick={() => onPick(code)}>
              Ask again
            </button>
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
      </main>
    </>
  );
}
