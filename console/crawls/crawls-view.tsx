import { useSyncExternalStore } from "hono/jsx/dom";
import { FailureCard } from "../failure-card.tsx";
import { CrawlCard } from "./crawl-card.tsx";
import { ExportList } from "./export-list.tsx";
import { FetchPanel } from "./fetch-panel.tsx";
import { GraphPanel } from "./graph-panel.tsx";
import { HostTable } from "./host-table.tsx";
import { PageList } from "./page-list.tsx";
import { StartForm } from "./start-form.tsx";
import type { Surveyor } from "./surveyor.ts";
import { WhyForm } from "./why-form.tsx";

/** A crawl: how it goes, the pages as they come, and a place to start another. What was seen last stays. */
export function CrawlsView({ surveyor }: { readonly surveyor: Surveyor }) {
  const { survey, failure } = useSyncExternalStore(surveyor.subscribe, surveyor.get);
  const { crawl, moments = [], latest = [], first = [], hosts } = survey ?? {};
  return (
    <div class={crawl === undefined ? "tasks" : "tasks open"}>
      <div class="column">
        <StartForm onStart={surveyor.start} />
        {crawl !== undefined && (
          <>
            <WhyForm onAsk={surveyor.why} />
            <ExportList key={crawl.id} id={crawl.id} />
          </>
        )}
      </div>
      <div class="column">
        {failure !== undefined && <FailureCard failure={failure} onRetry={surveyor.look} />}
        {survey === undefined && <p class="muted">Start a crawl, or open one by its address.</p>}
        {crawl !== undefined && <CrawlCard crawl={crawl} moments={moments} onSteer={surveyor.steer} />}
        {crawl !== undefined && (
          <>
            <GraphPanel
              key={crawl.id}
              id={crawl.id}
              pages={first}
              total={crawl.counts.pages}
              onAsk={surveyor.why}
            />
            <FetchPanel pages={latest} isRunning={crawl.state === "running"} />
            <HostTable hosts={hosts} onRetry={surveyor.look} />
            <PageList id={crawl.id} pages={latest} />
          </>
        )}
      </div>
    </div>
  );
}
