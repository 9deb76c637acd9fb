import { Axis } from "./axis.tsx";
import { BarDrawing } from "./bar-drawing.tsx";
import { summarizeCalls } from "./call-words.ts";
import { formatDuration, formatNumber } from "./format.ts";
import { MarkLegend } from "./mark-legend.tsx";
import { describeNote, describeOutcome, toneOf } from "./outcome.ts";
import type { Culprit } from "./culprit.ts";
import { withCode } from "./with-code.tsx";
import { percent } from "./percent.ts";
import { type Chart, layOut } from "./timeline-layout.ts";
import type { Timeline } from "./timeline.ts";

interface TimelineChartProps {
  readonly timeline: Timeline;
  /** How long the axis is at least. */
  readonly leastMs?: number;
  /** Whether the bars still grow. */
  readonly isLive?: boolean;
  /** The branch that the whole failed for, and what is said of it. */
  readonly culprit?: Culprit | undefined;
}

/** A timeline as bars on one axis. The drawing and the words over each bar say the same. */
export function TimelineChart({ timeline, leastMs = 0, isLive = false, culprit }: TimelineChartProps) {
  const chart = layOut(timeline, leastMs);
  return (
    <figure class={isLive ? "chart live" : "chart"}>
      <div class="rows">
        <svg class="grid" aria-hidden="true">
          {chart.ticks.slice(1).map(({ left }) => (
            <line x1={percent(left)} x2={percent(left)} y1="0" y2="100%" />
          ))}
        </svg>
        <ol>
          {chart.bars.map((bar) => (
            <Row key={bar.name} bar={bar} culprit={culprit?.name === bar.name ? culprit : undefined} />
          ))}
        </ol>
      </div>
      <Axis ticks={chart.ticks} />
      <MarkLegend bars={chart.bars} />
    </figure>
  );
}

interface RowProps {
  readonly bar: Chart["bars"][number];
  readonly culprit: Culprit | undefined;
}

function Row({ bar, culprit }: RowProps) {
  const { name, outcome, startMs, endMs, notes = [] } = bar;
  const calls = summarizeCalls(bar);
  return (
    <li>
      <div class="row">
        <span class="name" title={name}>
          {name}
        </span>
        <span class={`outcome ${toneOf(outcome)}`} title={describeOutcome(outcome)}>
          {outcome}
        </span>
        {notes.map((note) => (
          <span class="chip idle" title={describeNote(note).long}>
            {describeNote(note).short}
          </span>
        ))}
        {calls !== "" && <span class="calls">{calls}</span>}
        {!["waiting", "skipped"].includes(outcome) && (
          <span class="times">
            {formatNumber(startMs)} – {formatDuration(endMs)}
          </span>
        )}
      </div>
      <BarDrawing bar={bar} />
      <Trouble outcome={outcome} culprit={culprit} />
    </li>
  );
}

/** What went wrong with a branch, where it did. */
function Trouble({ outcome, culprit }: Pick<RowProps, "culprit"> & { readonly outcome: string }) {
  const tone = toneOf(outcome);
  if (tone !== "bad" && tone !== "slow") return null;
  return (
    <p class={`trouble ${tone}`}>
      {culprit === undefined ? describeOutcome(outcome) : withCode(culprit.detail)}
      {culprit?.requestId !== undefined && (
        <span>
          {" "}
          · request <code>{culprit.requestId}</code>
        </span>
      )}
    </p>
  );
}
