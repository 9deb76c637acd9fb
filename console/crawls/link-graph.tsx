import type { Link } from "./read-links.ts";
import { type Graph, type GraphNode, trailOf } from "./graph-layout.ts";

interface LinkGraphProps {
  readonly graph: Graph;
  /** Those of the page that is pointed to are drawn. */
  readonly links: readonly Link[];
  /** The page that is pointed to, by its place in the list. */
  readonly current: number;
  readonly onPoint: (index: number) => void;
  readonly onPick: (index: number) => void;
  /** @returns Where a key leads; nothing where it is none of ours. */
  readonly onPress: (index: number, key: string) => number | undefined;
}

/** Pages as dots, and lines to those that led to them. One stop of the keyboard, with arrows within. */
export function LinkGraph({ graph, links, current, onPoint, onPick, onPress }: LinkGraphProps) {
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
      {nodes.map((node, index) => (
        <Line key={`line ${index}`} from={nodes[node.parent ?? index]} to={node} />
      ))}
      {[...trail].map((index) => {
        const node = nodes[index];
        return (
          node && <Line key={`trail ${index}`} from={nodes[node.parent ?? index]} to={node} kind="trail" />
        );
      })}
      {links
        .filter(({ from, to }) => from === current || to === current)
        .map(({ from, to }) => {
          const node = nodes[to];
          const kind = from === current ? "out" : "in";
          return node && <Line key={`${kind} ${from} ${to}`} from={nodes[from]} to={node} kind={kind} />;
        })}
      {nodes.map((node, index) => (
        <Dot key={index} node={node} index={index} isCurrent={index === current} />
      ))}
    </svg>
  );
}

interface LineProps {
  readonly from: GraphNode | undefined;
  readonly to: GraphNode;
  /** One of those that led to the page that is pointed to, or a link from it, or to it. */
  readonly kind?: "trail" | "out" | "in";
}

function Line({ from, to, kind }: LineProps) {
  if (from === undefined || from === to) return null;
  return <line class={kind} x1={from.x} y1={from.y} x2={to.x} y2={to.y} />;
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
