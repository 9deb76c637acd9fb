import { formatDuration, formatNumber } from "./format.ts";
import { toneOf } from "./outcome.ts";
import { type Chart, type Timeline, layOut } from "./timeline.ts";

/** A timeline as bars on one axis. The drawing and the words over each bar say the same. */
export function TimelineChart({ timeline }: { readonly timeline: Timeline }) {
  const chart = layOut(timeline);
  return (
    <figure>
      <div class="rows">
        <Drawing chart={chart} />
        <ol>
          {chart.bars.map(({ name, startMs, endMs, outcome }) => (
            <li>
              <span class="name" title={name}>
                {name}
              </span>
              <span class={`outcome ${toneOf(outcome)}`}>{outcome}</span>
              <span class="times">
                {formatNumber(startMs)} – {formatDuration(endMs)}
              </span>
            </li>
          ))}
        </ol>
      </div>
      <Axis chart={chart} />
    </figure>
  );
}

/** The bars: an equal share of the height each, in the lower half of it. */
function Drawing({ chart: { bars, ticks, extentMs } }: { readonly chart: Chart }) {
  const rowHeight = 100 / bars.length;
  const label = `${bars.length} bars on an axis of ${formatDuration(extentMs)}; the list says the same in words`;
  return (
    <svg class="drawing" role="img" aria-label={label}>
      {ticks.slice(1).map(({ left }) => (
        <line class="grid" x1={percent(left)} x2={percent(left)} y1="0" y2="100%" />
      ))}
      {bars.map(({ left, width, outcome }, index) => (
        <rect
          class={`bar ${toneOf(outcome)}`}
          x={percent(left)}
          y={`${(index + 0.6) * rowHeight}%`}
          width={percent(width)}
          height="0.625rem"
          rx="3"
        />
      ))}
    </svg>
  );
}

function Axis({ chart: { ticks } }: { readonly chart: Chart }) {
  return (
    <svg class="axis" aria-hidden="true">
      {ticks.map(({ atMs, left }) => (
        <text x={percent(left)} y="1em" text-anchor={anchorAt(left)}>
          {formatNumber(atMs)}
          {atMs === 0 && " ms"}
        </text>
      ))}
    </svg>
  );
}

/** Keeps the outermost labels inside the drawing. */
function anchorAt(left: number): "start" | "middle" | "end" {
  if (left === 0) return "start";
  return left > 0.94 ? "end" : "middle";
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(3)}%`;
}
