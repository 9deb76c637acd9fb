import { useMemo } from "hono/jsx/dom";
import { clockOf } from "../tasks/state-words.ts";
import { TimelineChart } from "../timeline-chart.tsx";
import type { CrawlPage } from "./answers.ts";
import { fetchTimeline } from "./fetch-timeline.ts";

interface FetchPanelProps {
  readonly pages: readonly CrawlPage[];
  readonly isRunning: boolean;
}

/** The latest fetches as bars that overlap, by host. The list of pages says the same in words. */
export function FetchPanel({ pages, isRunning }: FetchPanelProps) {
  const drawn = useMemo(() => fetchTimeline(pages), [pages]);
  if (drawn === undefined) return null;
  const { timeline, startMs, fetches, otherHosts } = drawn;
  const others = otherHosts > 0 ? ` ${otherHosts} more hosts are not drawn.` : "";
  return (
    <section class="panel" aria-labelledby="fetches-heading">
      <h2 id="fetches-heading" class="caption">
        The latest fetches
      </h2>
      <p class="muted fetches">
        {`${fetches} of pages, from ${clockOf(new Date(startMs).toISOString())} on.${others}`}
      </p>
      <TimelineChart timeline={timeline} isLive={isRunning} />
    </section>
  );
}
