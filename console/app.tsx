import { useSyncExternalStore } from "hono/jsx/dom";
import { ChatView } from "./chat/chat-view.tsx";
import type { Talker } from "./chat/talker.ts";
import type { CountriesAnswer, CountryAnswer, EndpointsAnswer, PlanAnswer } from "./api.ts";
import { CrawlsView } from "./crawls/crawls-view.tsx";
import type { Surveyor } from "./crawls/surveyor.ts";
import { CountryView } from "./country-view.tsx";
import { viewInHash } from "./deep-link.ts";
import { EndpointView } from "./endpoint-view.tsx";
import type { Refusal, Unreachable } from "./exchange.ts";
import { FanoutView } from "./fanout/fanout-view.tsx";
import { FilesView } from "./files/files-view.tsx";
import type { Shelf } from "./files/shelf.ts";
import { Header } from "./header.tsx";
import { type Latest, valueOf } from "./latest.ts";
import type { Gauge } from "./limits/gauge.ts";
import { LimitsView } from "./limits/limits-view.tsx";
import type { Runner } from "./runner.ts";
import type { Board } from "./tasks/board.ts";
import { TasksView } from "./tasks/tasks-view.tsx";
import { Views } from "./views.tsx";

/** What the page keeps, and how it is told what to do. */
export interface AppProps {
  readonly address: {
    readonly get: () => string;
    readonly subscribe: (listener: () => void) => () => void;
  };
  readonly countries: Latest<undefined, CountriesAnswer | Refusal | Unreachable>;
  readonly country: Latest<string, CountryAnswer | Refusal | Unreachable>;
  readonly endpoints: Latest<undefined, EndpointsAnswer | Refusal | Unreachable>;
  readonly plan: Latest<string, PlanAnswer | Refusal | Unreachable>;
  readonly runner: Runner;
  /** Of fan-outs. */
  readonly fanner: Runner;
  readonly talker: Talker;
  readonly board: Board;
  readonly surveyor: Surveyor;
  readonly gauge: Gauge;
  readonly shelf: Shelf;
  readonly onPickCountry: (code: string) => void;
  readonly onPickEndpoint: (name: string) => void;
  readonly onRun: (path: string, query: string) => void;
}

/** The endpoint that the view of countries is made for. */
const COUNTRY = "GET /api/countries/:code";

/** The whole page. */
export function App({
  address,
  countries,
  country,
  endpoints,
  plan,
  runner,
  fanner,
  talker,
  board,
  surveyor,
  gauge,
  shelf,
  ...on
}: AppProps) {
  const view = viewInHash(useSyncExternalStore(address.subscribe, address.get));
  const shown = useSyncExternalStore(country.subscribe, country.get);
  const list = valueOf(useSyncExternalStore(endpoints.subscribe, endpoints.get));
  const run = useSyncExternalStore(runner.subscribe, runner.get);
  const hasCountries = list?.kind !== "endpoints" || list.endpoints.some(({ name }) => name === COUNTRY);
  const isCountry = view.kind === "country" && hasCountries;
  const isBusy = isCountry ? shown.kind === "loading" : run?.ending.kind === "running";

  if (view.kind === "fanout") {
    return (
      <>
        <Header current="aggregate" isBusy={false} />
        <main>
          <h1 class="unseen">Fan-out</h1>
          <Views current="fanout" hasCountries={hasCountries} />
          <FanoutView runner={fanner} />
        </main>
      </>
    );
  }
  if (view.kind === "chat") {
    return (
      <>
        <Header current="chat" isBusy={false} />
        <main>
          <h1 class="unseen">Chat</h1>
          <ChatView talker={talker} room={view.room} />
        </main>
      </>
    );
  }
  if (view.kind === "crawls") {
    return (
      <>
        <Header current="crawls" isBusy={false} />
        <main>
          <h1 class="unseen">Crawls</h1>
          <CrawlsView surveyor={surveyor} />
        </main>
      </>
    );
  }
  if (view.kind === "tasks") {
    return (
      <>
        <Header current="tasks" isBusy={false} />
        <main>
          <h1 class="unseen">Tasks</h1>
          <TasksView board={board} id={view.id} />
        </main>
      </>
    );
  }
  if (view.kind === "limits") {
    return (
      <>
        <Header current="limits" isBusy={false} />
        <main>
          <h1 class="unseen">Limits</h1>
          <LimitsView gauge={gauge} name={view.id} />
        </main>
      </>
    );
  }
  if (view.kind === "files") {
    return (
      <>
        <Header current="files" isBusy={false} />
        <main>
          <h1 class="unseen">Files</h1>
          <FilesView shelf={shelf} fileKey={view.key} />
        </main>
      </>
    );
  }
  return (
    <>
      <Header current="aggregate" isBusy={isBusy} />
      <main>
        <h1 class="unseen">Aggregate</h1>
        <Views current={isCountry ? "country" : "endpoint"} hasCountries={hasCountries} />
        {isCountry ? (
          <CountryView countries={countries} country={country} onPick={on.onPickCountry} />
        ) : (
          <EndpointView
            endpoints={endpoints}
            plan={plan}
            runner={runner}
            path={view.kind === "endpoint" ? view.path : undefined}
            query={view.kind === "endpoint" ? view.query : ""}
            onPick={on.onPickEndpoint}
            onRun={on.onRun}
          />
        )}
      </main>
    </>
  );
}
