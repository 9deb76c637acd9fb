import type { CrawlPage } from "./answers.ts";

/** A page in the graph. Lengths are in distances between neighbours, from the middle. */
export interface GraphNode {
  readonly page: CrawlPage;
  readonly x: number;
  readonly y: number;
  /** The place in the list of the page whose link led here first; none at a start, or where that was no page. */
  readonly parent: number | undefined;
}

/** A drawing of pages and of who led where. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  /** Where each depth begins but the first, as the radius of a circle. */
  readonly borders: readonly number[];
  /** How far it reaches from the middle; a round number, that it need not change with every page. */
  readonly reach: number;
}

/** A place on a circle around the middle; there are as many as fit, counted from the top. */
interface Slot {
  readonly ring: number;
  readonly place: number;
}

const REACHES = [3, 4, 5, 6, 8, 10, 12, 15, 17, 19, 22, 26];
/** A ring outwards is as far as so many places aside: a family is rather broad than deep. */
const OUTWARDS = 2.5;
/** Turned by it again and again, one never looks where one has looked before. */
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

/**
 * Lays pages out on rings, in the order of fetching: those of a depth outside of those before, each in the free place
 * that is closest to the direction of the page that led to it; around one in the middle, on all sides. None ever moves
 * when more come.
 */
export function layOutGraph(pages: readonly CrawlPage[]): Graph {
  const taken = new Set<string>();
  const slots: Slot[] = [];
  const indexes = new Map<string, number>();
  /** The first ring of each depth that there is. */
  const begins = new Map<number, number>();
  let outermost = 0;
  const nodes = pages.map((page, index): GraphNode => {
    const { depth, url } = page;
    const first = begins.get(depth) ?? (index === 0 ? 0 : outermost + 2);
    begins.set(depth, first);
    const parent = page.parent === undefined ? undefined : indexes.get(page.parent);
    const direction = (parent === undefined ? undefined : directionOf(slots[parent])) ?? index * GOLDEN_ANGLE;
    const slot = freeSlot(first, begins.get(depth + 1), direction, taken);
    taken.add(nameOf(slot));
    slots.push(slot);
    indexes.set(url, index);
    outermost = Math.max(outermost, slot.ring);
    return { page, ...pointOf(slot), parent };
  });
  return {
    nodes,
    borders: [...begins.values()].filter((ring) => ring > 0).map((ring) => ring - 1),
    reach: REACHES.find((reach) => reach > outermost) ?? outermost + 1,
  };
}

/** @param end The ring that another depth begins with: there is no place from there on, unless all others are taken. */
function freeSlot(
  first: number,
  end: number | undefined,
  direction: number,
  taken: ReadonlySet<string>,
): Slot {
  let best: { readonly slot: Slot; readonly distance: number } | undefined;
  for (let ring = first; ; ring += 1) {
    const outwards = OUTWARDS * (ring - first);
    if (best !== undefined && (ring === end || outwards >= best.distance)) return best.slot;
    for (let place = 0; place < placesOn(ring); place += 1) {
      const slot = { ring, place };
      if (taken.has(nameOf(slot))) continue;
      const distance = Math.hypot(outwards, asideOf(slot, direction));
      if (best === undefined || distance < best.distance) best = { slot, distance };
    }
  }
}

/** How many pages have room on a ring. */
function placesOn(ring: number): number {
  return Math.max(1, Math.floor(2 * Math.PI * ring));
}

/** How far a place is from a direction, along its ring. */
function asideOf({ ring, place }: Slot, direction: number): number {
  const turned = Math.abs((place / placesOn(ring)) * 2 * Math.PI - direction) % (2 * Math.PI);
  return ring * Math.min(turned, 2 * Math.PI - turned);
}

/** Where a page is as seen from the middle, in radians from the top; nowhere for one that is there. */
function directionOf(slot: Slot | undefined): number | undefined {
  if (slot === undefined || slot.ring === 0) return undefined;
  return (slot.place / placesOn(slot.ring)) * 2 * Math.PI;
}

function pointOf(slot: Slot): { readonly x: number; readonly y: number } {
  const direction = directionOf(slot) ?? 0;
  return { x: slot.ring * Math.sin(direction), y: -slot.ring * Math.cos(direction) };
}

function nameOf({ ring, place }: Slot): string {
  return `${ring} ${place}`;
}

/** Where a key leads from a page of the graph: along the order of fetching, or up and down who led where. */
export function nodeByKey(nodes: readonly GraphNode[], current: number, key: string): number | undefined {
  switch (key) {
    case "ArrowRight":
      return Math.min(current + 1, nodes.length - 1);
    case "ArrowLeft":
      return Math.max(current - 1, 0);
    case "ArrowUp":
      return nodes[current]?.parent ?? current;
    case "ArrowDown": {
      const child = nodes.findIndex(({ parent }) => parent === current);
      return child === -1 ? current : child;
    }
    case "Home":
      return 0;
    case "End":
      return nodes.length - 1;
    default:
      return undefined;
  }
}

/** A page and those that led to it, up to a start. */
export function trailOf(nodes: readonly GraphNode[], from: number): ReadonlySet<number> {
  const trail = new Set<number>();
  for (let at: number | undefined = from; at !== undefined && !trail.has(at); at = nodes[at]?.parent) {
    trail.add(at);
  }
  return trail;
}
