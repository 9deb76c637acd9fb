import { countOf } from "./call-words.ts";
import { MarkShape } from "./mark-shape.tsx";
import { toneOf } from "./outcome.ts";
import { percent } from "./percent.ts";
import type { Chart } from "./timeline-layout.ts";

/** The height of a bar with one line, and of all lines of one with many, in pixels. */
const BAR = 10;
const MOST = 60;
/** What marks take above the bar. */
const MARKS = 15;

/** The bar of a branch: where it ran as a shade, its calls in it, and a mark where each further one began. */
export function BarDrawing({ bar }: { readonly bar: Chart["bars"][number] }) {
  const { left, width, outcome, calls, lines, marks } = bar;
  const line = lines === 1 ? BAR : Math.max(1.5, Math.min(BAR - 2, MOST / lines));
  const top = marks.length > 0 ? MARKS : 0;
  const height = top + line * lines;
  const gap = lines === 1 ? 0 : line > 3 ? 1 : 0.5;
  return (
    <svg class="bars" aria-hidden="true" height={height}>
      {!["waiting", "skipped"].includes(outcome) && (
        <rect
          class={`bar ${toneOf(outcome)}${calls.length > 0 ? " under" : ""}`}
          x={percent(left)}
          y={top}
          width={percent(width)}
          height={height - top}
          rx="3"
        />
      )}
      {calls.map((call, index) => (
        <rect
          key={index}
          class={`call ${toneOf(call.outcome)}${call.outcome === "ok" ? "" : " hollow"}`}
          x={percent(call.left)}
          y={top + call.line * line + gap / 2}
          width={percent(call.width)}
          height={line - gap}
          rx={Math.min(3, line / 3)}
        />
      ))}
      {marks.map(({ kind, left: at, count }) => (
        <svg key={`${kind} ${at}`} class={`mark ${kind}`} x={percent(Math.min(at, 0.97))} y="0">
          <title>{countOf(kind, count)}</title>
          <MarkShape kind={kind} />
          {count > 1 && (
            <text x="14" y="10">
              {count}
            </text>
          )}
        </svg>
      ))}
    </svg>
  );
}
