import { type Graph, type GraphNode, trailOf } from "./graph-layout.ts";

interface LinkGraphProps {
  readonly graph: Graph;
  /** The page that is pointed to, by its place in the list. */
  readonly current: number;
  readonly onPoint: (index: number) => void;
  readonly onPick: (index: number) => void;
  /** @returns Where a key leads; nothing where it is none of ours. */
  readonly onPress: (index: number, key: string) => number | undefined;
}

/** Pages as dots, and lines to those that led to them. One stop of the keyboard, with arrows within. */
export function LinkGraph({ graph, current, onPoint, onPick, onPress }: LinkGraphProps) {
  const { nodes, borders, reach } = graph;
  const trail = trailOf(nodes, current);
  const point = ({ target }: Event) => {
    const index = indexOf(target);
    if (index !== undefined) onPoint(index);
  };
  const press = (event: KeyboardEvent) => {
    const index = indexOf(event.target);
    const next = index === undefined ? undefined : onPress(index, event.key);
    if (next === undefined) return;
    event.preventDefault();
    (event.currentTarget as Element).querySelector<SVGElement>(`[data-index="${next}"]`)?.focus();
  };
  return (
    <svg
      class="link-graph"
      role="group"
      aria-label="Pages, each with the link that led to it first"
      viewBox={`${-reach} ${-reach} ${2 * reach} ${2 * reach}`}
      onFocusIn={point}
      onPointerOver={point}
      onKeyDown={press}
      onClick={({ target }: Event) => {
        const index = indexOf(target);
        if (index !== undefined) onPick(index);
      }}
    >
      {borders.map((radius) => (
        <circle key={`border ${radius}`} class="border" cx="0" cy="0" r={radius} />
      ))}
      {nodes.map(({ x, y, parent }, index) => {
        const from = parent === undefined ? undefined : nodes[parent];
        return (
          from && (
            <line
              key={`line ${index}`}
              class={trail.has(index) ? "trail" : undefined}
              x1={from.x}
              y1={from.y}
              x2={x}
              y2={y}
            />
          )
        );
      })}
      {nodes.map((node, index) => (
        <Dot key={index} node={node} index={index} isCurrent={index === current} />
      ))}
    </svg>
  );
}

interface DotProps {
  readonly node: GraphNode;
  readonly index: number;
  readonly isCurrent: boolean;
}

function Dot({ node: { page, x, y }, index, isCurrent }: DotProps) {
  const { url, status, depth } = page;
  const isGood = status < 400;
  const tone = `${isGood ? "good" : "bad hollow"}${depth === 0 ? " start" : ""}${isCurrent ? " current" : ""}`;
  return (
    <g
      class={`dot ${tone}`}
      role="button"
      tabindex={isCurrent ? 0 : -1}
      aria-label={`${url}, status ${status}, depth ${depth}`}
      data-index={index}
    >
      <title>{url}</title>
      <circle cx={x} cy={y} r={depth === 0 ? 0.42 : 0.32} />
    </g>
  );
}

function indexOf(target: EventTarget | null): number | undefined {
  const index = target instanceof Element ? target.closest("[data-index]")?.getAttribute("data-index") : null;
  return index === null || index === undefined ? undefined : Number(index);
}
