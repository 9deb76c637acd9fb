import { CallTable } from "./call-table.tsx";
import type { Culprit } from "./culprit.ts";
import { GaveUp, Headline } from "./headline.tsx";
import { TimelineChart } from "./timeline-chart.tsx";
import type { Timeline } from "./timeline.ts";

interface TimelinePanelProps {
  readonly timeline: Timeline | undefined;
  /** Whether the request came to its end, rather than giving up on the way. */
  readonly isAnswered: boolean;
  readonly culprit: Culprit | undefined;
}

/** How long all of it took, and when each part ran. */
export function TimelinePanel({ timeline, isAnswered, culprit }: TimelinePanelProps) {
  return (
    <section class="panel" aria-labelledby="timeline-heading">
      <h2 id="timeline-heading" class="caption">
        Timeline
      </h2>
      {timeline === undefined ? (
        <p class="muted">
          This answer has no timeline: a deployed Manifold shows it only to its administrators.
        </p>
      ) : (
        <>
          {isAnswered ? <Headline timeline={timeline} /> : <GaveUp timeline={timeline} />}
          {timeline.spans.length > 0 && <TimelineChart timeline={timeline} culprit={culprit} />}
          <CallTable spans={timeline.spans} />
        </>
      )}
    </section>
  );
}
