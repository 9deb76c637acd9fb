import { formatNumber } from "./format.ts";
import { percent } from "./percent.ts";
import type { Chart } from "./timeline-layout.ts";

interface AxisProps extends Pick<Chart, "ticks"> {
  readonly unit?: "ms" | "s";
}

/** Times below what is drawn over them. */
export function Axis({ ticks, unit = "ms" }: AxisProps) {
  return (
    <svg class="axis" aria-hidden="true">
      {ticks.map(({ atMs, left }) => (
        <text x={percent(left)} y="1em" text-anchor={anchorAt(left)}>
          {unit === "ms" ? formatNumber(atMs) : atMs / 1_000}
          {atMs === 0 && ` ${unit}`}
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
