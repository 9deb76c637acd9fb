import { type Link, type PlanShape, placeSlots, toColumns } from "./plan-columns.ts";

/** A place in a drawing, in pixels from its upper left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A branch as drawn; the place is its upper left corner. */
interface GraphNode extends Point {
  readonly name: string;
  readonly isCritical: boolean;
}

/** A line from one thing to what waits for it, from left to right. */
interface GraphEdge extends Pick<Link, "from" | "to"> {
  readonly isCritical: boolean;
  /** Straight between the second and the third, the fourth and the fifth; curved between the others. */
  readonly points: readonly Point[];
}

/** A plan as a graph: the request, a column for each wave, the answer. */
export interface PlanGraph {
  readonly width: number;
  readonly height: number;
  /** Where the column of each wave begins. */
  readonly columns: readonly number[];
  readonly request: Point;
  readonly answer: Point;
  /** In the order of the waves. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** How large a branch is drawn, in pixels. */
export const NODE = { width: 192, height: 80 } as const;
/** The space above the columns, for what is written over them. */
export const HEADING = 48;

const COLUMN_GAP = 44;
/** Between the outer columns and the dots for request and answer, and beside those. */
const MARGIN = 34;
const EDGE = 8;
const HEIGHTS = { branch: NODE.height, bend: 12, gap: 14 };

/**
 * Lays a plan out in columns by wave, each branch as near as may be to the height of what it needs; lines that skip a
 * column have a place of their own in it (after Sugiyama's layered drawing of hierarchies).
 */
export function layOutPlan(plan: PlanShape): PlanGraph {
  const layers = toColumns(plan, HEIGHTS);
  const middles = placeSlots(layers, HEIGHTS);
  const { branches: path } = plan.criticalPath;

  const leftOf = (column: number) => EDGE + MARGIN + column * (NODE.width + COLUMN_GAP);
  const middleOf = (name: string) => {
    const slot = layers.slots.get(name);
    return HEADING + (slot === undefined ? 0 : (middles.get(slot) ?? 0));
  };
  const waves = plan.waves.length;
  const answer = {
    x: leftOf(waves) - COLUMN_GAP + MARGIN,
    y: HEADING + (middles.get(layers.answer) ?? 0),
  };
  const firstWave = (plan.waves[0] ?? []).map(middleOf);
  const request = { x: EDGE, y: (Math.min(...firstWave) + Math.max(...firstWave)) / 2 };
  const columnOf = (name: string) => plan.waves.findIndex((wave) => wave.includes(name));

  return {
    width: answer.x + EDGE,
    height: Math.max(...Array.from(middles, ([{ height }, middle]) => HEADING + middle + height / 2)) + 2,
    columns: plan.waves.map((_, column) => leftOf(column)),
    request,
    answer,
    nodes: plan.waves.flatMap((wave, column) =>
      wave.map((name) => ({
        name,
        x: leftOf(column),
        y: middleOf(name) - NODE.height / 2,
        isCritical: path.includes(name),
      })),
    ),
    edges: layers.links.map(({ from, to, bends }) => ({
      from,
      to,
      isCritical: isOnPath(path, from, to),
      points: [
        from === undefined ? request : { x: leftOf(columnOf(from)) + NODE.width, y: middleOf(from) },
        ...bends.flatMap((bend) => {
          const y = HEADING + (middles.get(bend) ?? 0);
          return [
            { x: leftOf(bend.column), y },
            { x: leftOf(bend.column) + NODE.width, y },
          ];
        }),
        to === undefined ? answer : { x: leftOf(columnOf(to)), y: middleOf(to) },
      ],
    })),
  };
}

/** Whether the critical path goes along a line. */
function isOnPath(path: readonly string[], from: string | undefined, to: string | undefined): boolean {
  if (from === undefined) return to !== undefined && path[0] === to;
  const index = path.indexOf(from);
  return index >= 0 && path[index + 1] === to;
}
