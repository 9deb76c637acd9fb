import { CallTable } from "./call-table.tsx";
import { culpritOf } from "./culprit.ts";
import { FailureCard } from "./failure-card.tsx";
import { formatDuration } from "./format.ts";
import { GaveUp, Headline } from "./headline.tsx";
import { ProblemCard } from "./problem-card.tsx";
import { type PlannedBranch, timelineOf } from "./run-spans.ts";
import { elapsedOf, type Run } from "./run-state.ts";
import { TimelineChart } from "./timeline-chart.tsx";
import { roomFor } from "./timeline-layout.ts";
import type { Timeline } from "./timeline.ts";
import { useNow } from "./use-now.ts";

interface RunPanelProps {
  readonly run: Run;
  readonly branches: readonly PlannedBranch[];
  readonly onRetry: () => void;
}

/** A run as it goes: bars that grow, then what became of it. What went wrong is said where it did. */
export function RunPanel({ run, branches, onRetry }: RunPanelProps) {
  const { ending, requestId } = run;
  const isRunning = ending.kind === "running";
  const nowMs = useNow(isRunning);
  const elapsedMs = elapsedOf(run, nowMs);
  const timeline = timelineOf(run, branches, elapsedMs);
  const problem = ending.kind === "ended" ? ending.summary.problem : undefined;
  if (ending.kind === "failed" && run.landed.length === 0) {
    return <FailureCard failure={ending.failure} onRetry={onRetry} />;
  }
  return (
    <>
      {ending.kind === "failed" && <FailureCard failure={ending.failure} onRetry={onRetry} />}
      {ending.kind === "ended" && problem !== undefined && (
        <ProblemCard
          problem={{ ...problem, branches: [] }}
          status={ending.summary.status}
          requestId={requestId}
          onRetry={onRetry}
        />
      )}
      <section class="panel" aria-labelledby="run-heading">
        <h2 id="run-heading" class="caption">
          Run
        </h2>
        <Top run={run} timeline={timeline} elapsedMs={elapsedMs} />
        <TimelineChart
          timeline={timeline}
          leastMs={isRunning ? roomFor(elapsedMs) : 0}
          isLive={isRunning}
          culprit={culpritOf(problem)}
        />
        <CallTable spans={timeline.spans} />
        {ending.kind === "ended" && ending.summary._timeline === undefined && (
          <p class="muted more">
            Times as seen from here: a deployed Manifold shows its calls only to its administrators.
          </p>
        )}
      </section>
    </>
  );
}

interface TopProps {
  readonly run: Run;
  readonly timeline: Timeline;
  readonly elapsedMs: number;
}

/** How long it took, or has taken so far. */
function Top({ run: { ending }, timeline, elapsedMs }: TopProps) {
  if (ending.kind === "ended" && ending.summary.problem === undefined)
    return <Headline timeline={timeline} />;
  if (ending.kind !== "running") return <GaveUp timeline={timeline} />;
  return (
    <div class="headline">
      <p>
        <strong>{formatDuration(elapsedMs)}</strong> so far
      </p>
    </div>
  );
}
