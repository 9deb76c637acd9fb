import { formatDuration } from "./format.ts";
import { TimelineChart } from "./timeline-chart.tsx";
import { type Timeline, gainOf } from "./timeline.ts";

interface TimelinePanelProps {
  readonly timeline: Timeline | undefined;
  /** Whether the request came to its end, rather than giving up on the way. */
  readonly isAnswered: boolean;
}

/** How long all of it took, and when each part ran. */
export function TimelinePanel({ timeline, isAnswered }: TimelinePanelProps) {
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
          {timeline.spans.length > 0 && <TimelineChart timeline={timeline} />}
        </>
      )}
    </section>
  );
}

function Headline({ timeline }: { readonly timeline: Timeline }) {
  const { togetherMs, inTurnMs, ratio } = gainOf(timeline);
  return (
    <div class="headline">
      <p>
        <strong>{formatDuration(togetherMs)}</strong> together<span class="unseen"> · </span>
        <span class="in-turn">
          one after the other it would have taken <b>{formatDuration(inTurnMs)}</b>
        </span>
      </p>
      {ratio >= 1.05 && (
        <p class="ratio">
          <strong>{ratio.toFixed(1)}×</strong> as fast
        </p>
      )}
    </div>
  );
}

function GaveUp({ timeline }: { readonly timeline: Timeline }) {
  return (
    <div class="headline">
      <p>
        <strong>{formatDuration(timeline.durationMs)}</strong> until it gave up
      </p>
    </div>
  );
}
