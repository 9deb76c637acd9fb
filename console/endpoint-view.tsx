import { useSyncExternalStore } from "hono/jsx/dom";
import type { EndpointsAnswer, PlanAnswer } from "./api.ts";
import { EndpointList } from "./endpoint-list.tsx";
import { EndpointPicker } from "./endpoint-picker.tsx";
import type { Refusal, Unreachable } from "./exchange.ts";
import { FailureCard } from "./failure-card.tsx";
import { type Latest, valueOf } from "./latest.ts";
import { PlanPanel } from "./plan-panel.tsx";
import { ResultsPanel } from "./results-panel.tsx";
import { findByPath, pathOf, targetOf } from "./route-path.ts";
import { RunForm } from "./run-form.tsx";
import { RunLine } from "./run-line.tsx";
import { RunPanel } from "./run-panel.tsx";
import { timelineOf } from "./run-spans.ts";
import type { Runner } from "./runner.ts";

interface EndpointViewProps {
  readonly endpoints: Latest<undefined, EndpointsAnswer | Refusal | Unreachable>;
  readonly plan: Latest<string, PlanAnswer | Refusal | Unreachable>;
  readonly runner: Runner;
  /** The path of the endpoint that is open, filled in or as declared. */
  readonly path: string | undefined;
  readonly query: string;
  readonly onPick: (name: string) => void;
  readonly onRun: (path: string, query: string) => void;
}

/** Any endpoint of the configuration: its plan, and its runs. */
export function EndpointView({ endpoints, plan, runner, path, query, onPick, onRun }: EndpointViewProps) {
  const list = valueOf(useSyncExternalStore(endpoints.subscribe, endpoints.get));
  const planned = useSyncExternalStore(plan.subscribe, plan.get);
  const run = useSyncExternalStore(runner.subscribe, runner.get);
  if (list === undefined) return <p class="muted">Asking which endpoints there are…</p>;
  if (list.kind !== "endpoints") {
    return <FailureCard failure={list} onRetry={() => endpoints.load(undefined)} />;
  }
  const found = findByPath(list.endpoints, path ?? "");
  const picker = <EndpointPicker endpoints={list.endpoints} current={found?.endpoint.name} onPick={onPick} />;
  if (found === undefined) {
    return (
      <>
        <div class="toolbar">{picker}</div>
        {path !== undefined && <p class="note">No endpoint answers at {path}.</p>}
        <EndpointList endpoints={list.endpoints} />
      </>
    );
  }

  const { name } = found.endpoint;
  const shown = planned.kind !== "idle" && planned.key === name ? valueOf(planned) : undefined;
  const branches = shown?.kind === "plan" ? shown.plan.branches : [];
  const spans = run === undefined ? [] : timelineOf(run, branches, 0).spans;
  return (
    <>
      <div class="toolbar">
        {picker}
        <RunForm
          key={name}
          path={pathOf(name)}
          params={found.params}
          query={query}
          isRunning={run?.ending.kind === "running"}
          onRun={onRun}
          onStop={runner.stop}
        />
        <RunLine target={targetOf(path ?? "", query)} run={run} branches={branches.length} />
      </div>
      <div class={shown?.kind === "plan" && shown.plan.waves.length > 2 ? "endpoint wide" : "endpoint"}>
        {shown !== undefined && shown.kind !== "plan" && (
          <FailureCard failure={shown} onRetry={() => plan.load(name)} />
        )}
        {shown?.kind === "plan" && <PlanPanel plan={shown.plan} spans={spans} />}
        {run === undefined ? (
          <section class="panel" aria-labelledby="run-heading">
            <h2 id="run-heading" class="caption">
              Run
            </h2>
            <p class="muted">Not run yet. Each branch will have a bar here, which grows until it lands.</p>
          </section>
        ) : (
          <div class="run">
            <RunPanel run={run} branches={branches} onRetry={() => runner.start(run.target)} />
            <ResultsPanel run={run} />
          </div>
        )}
      </div>
    </>
  );
}
