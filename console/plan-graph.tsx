import type { BranchExplanation, Explanation } from "../src/aggregate/explain.ts";
import { formatDuration } from "./format.ts";
import { toneOf } from "./outcome.ts";
import { edgePath } from "./plan-edge.ts";
import { HEADING, layOutPlan, NODE } from "./plan-layout.ts";
import { describeCalls, describeGraph, describeTimes, describeWave, isQueued } from "./plan-words.ts";
import type { Span } from "./timeline.ts";

interface PlanGraphProps {
  readonly plan: Explanation;
  /** What is known of each branch in the run in hand. */
  readonly spans: readonly Span[];
}

/** A plan as a graph that scrolls where it is wider than the screen. What it says, the list below it says in words. */
export function PlanGraph({ plan, spans }: PlanGraphProps) {
  const { width, height, columns, request, answer, nodes, edges } = layOutPlan(plan);
  return (
    <div class="graph-frame" role="region" aria-label="Graph of the plan" tabindex={0}>
      <svg
        class="graph"
        role="img"
        aria-label={describeGraph(plan)}
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
      >
        {columns.map((x, index) => (
          <g key={index} class={isQueued(plan.connections, index) ? "heading queued" : "heading"}>
            <text class="wave" x={x} y={HEADING - 32}>
              Wave {index + 1}
            </text>
            <text x={x} y={HEADING - 15}>
              {describeWave(plan.connections, index)}
            </text>
          </g>
        ))}
        {edges.map(({ from = "", to = "", isCritical, points }) => (
          <path key={`${from} ${to}`} class={isCritical ? "edge critical" : "edge"} d={edgePath(points)} />
        ))}
        <circle class="end" cx={request.x} cy={request.y} r="5" />
        <circle class="end" cx={answer.x} cy={answer.y} r="5" />
        {nodes.map(({ name, x, y, isCritical }) => {
          const branch = plan.branches.find((one) => one.name === name);
          if (branch === undefined) return null;
          const span = spans.find((one) => one.name === name);
          return <Node key={name} branch={branch} span={span} isCritical={isCritical} x={x} y={y} />;
        })}
      </svg>
    </div>
  );
}

interface NodeProps {
  readonly branch: BranchExplanation;
  readonly span: Span | undefined;
  readonly isCritical: boolean;
  readonly x: number;
  readonly y: number;
}

const PADDING = 11;
const INNER = NODE.width - 2 * PADDING;

/** A branch: its name, where it calls, how long that takes, how often. */
function Node({ branch, span, isCritical, x, y }: NodeProps) {
  const { name, kind, upstream, target, optional, calls } = branch;
  const place = target === "computed" ? `${upstream}, computed` : target;
  const tone = span === undefined ? "" : ` state ${toneOf(span.outcome)}`;
  const classes = `node${isCritical ? " critical" : ""}${optional ? " optional" : ""}${tone}`;
  // An outer drawing cuts off what is longer than the node.
  return (
    <svg class={classes} x={x} y={y} width={NODE.width} height={NODE.height}>
      <rect x="1" y="1" width={NODE.width - 2} height={NODE.height - 2} rx="10" />
      {span !== undefined && <circle class="light" cx={NODE.width - PADDING - 3} cy="22" r="4.5" />}
      <text class="title" x={PADDING} y="27">
        {clip(name, 18)}
      </text>
      {kind !== "single" && (
        <text class="kind" x={NODE.width - PADDING - (span === undefined ? 0 : 16)} y="26" text-anchor="end">
          {kind === "each" ? "each" : "pages"}
        </text>
      )}
      <text class="target" x={PADDING} y="47">
        {clip(place, Math.floor(INNER / 6.7))}
      </text>
      <text class="cost" x={PADDING} y="68">
        {isOver(span) ? `took ${formatDuration(span.endMs - span.startMs)}` : describeTimes(branch)}
      </text>
      <text class="cost" x={NODE.width - PADDING} y="68" text-anchor="end">
        {describeCalls(calls)}
      </text>
    </svg>
  );
}

function isOver(span: Span | undefined): span is Span {
  return span !== undefined && !["running", "waiting", "skipped"].includes(span.outcome);
}

function clip(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
