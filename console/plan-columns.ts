import type { Explanation } from "../src/aggregate/explain.ts";

/** What a graph of a plan is drawn from. */
export type PlanShape = Pick<Explanation, "waves"> & {
  readonly branches: readonly Pick<Explanation["branches"][number], "name" | "needs">[];
  readonly criticalPath: Pick<Explanation["criticalPath"], "branches">;
};

/** What stands in a column: a branch, the answer, or a line on its way to a later column. */
export interface Slot {
  readonly column: number;
  readonly height: number;
  /** What it follows, in the column before. */
  readonly before: readonly Slot[];
}

/** One thing that waits for another, by way of the slots between them. */
export interface Link {
  /** A branch, or `undefined` for the request. */
  readonly from: string | undefined;
  /** A branch, or `undefined` for the answer. */
  readonly to: string | undefined;
  /** Without its two ends, which are branches, the request or the answer. */
  readonly bends: readonly Slot[];
}

/** The slots of a plan, sorted into columns: one for each wave, and one for the answer. */
export interface Columns {
  readonly columns: readonly (readonly Slot[])[];
  readonly slots: ReadonlyMap<string, Slot>;
  readonly answer: Slot;
  readonly links: readonly Link[];
}

/** Heights and the space between two slots, in pixels. */
interface Heights {
  readonly branch: number;
  readonly bend: number;
  readonly gap: number;
}

/** Sorts what a drawing of a plan holds into columns, with a slot wherever a line passes through one. */
export function toColumns({ waves, branches }: PlanShape, heights: Heights): Columns {
  const columns: Slot[][] = [...waves.map(() => []), []];
  const before = new Map<Slot, Slot[]>();
  const add = (column: number, height: number): Slot => {
    const follows: Slot[] = [];
    const slot = { column, height, before: follows };
    before.set(slot, follows);
    columns[column]?.push(slot);
    return slot;
  };
  const slots = new Map(
    waves.flatMap((wave, column) => wave.map((name) => [name, add(column, heights.branch)] as const)),
  );
  const answer = add(waves.length, heights.bend);
  const links = pairsOf(branches).map(({ from, to }) => {
    const first = from === undefined ? undefined : slots.get(from);
    const last = (to === undefined ? undefined : slots.get(to)) ?? answer;
    const bends: Slot[] = [];
    for (let column = (first?.column ?? -1) + 1; column < last.column; column += 1) {
      const bend = add(column, heights.bend);
      before.get(bend)?.push(...[bends.at(-1) ?? first ?? []].flat());
      bends.push(bend);
    }
    before.get(last)?.push(...[bends.at(-1) ?? first ?? []].flat());
    return { from, to, bends };
  });
  return { columns, slots, answer, links };
}

/**
 * Gives each slot a height to be at: near to what it follows, and clear of the others of its column.
 *
 * @returns The middles of the slots, from 0 downwards.
 */
export function placeSlots({ columns }: Columns, { gap }: Heights): ReadonlyMap<Slot, number> {
  const lengthOf = (column: readonly Slot[]) =>
    column.reduce((length, { height }) => length + height + gap, -gap);
  const tallest = Math.max(...columns.map(lengthOf));
  const middles = new Map<Slot, number>();
  for (const column of columns) {
    const wishOf = (slot: Slot) =>
      slot.before.length === 0 ? undefined : mean(slot.before.map((one) => middles.get(one) ?? 0));
    const sorted = column
      .map((slot) => ({ slot, wish: wishOf(slot) }))
      .toSorted((a, b) => (a.wish ?? 0) - (b.wish ?? 0));
    const isFree = sorted.every(({ wish }) => wish === undefined);
    let top = isFree ? (tallest - lengthOf(column)) / 2 : 0;
    const placed = sorted.map(({ slot, wish }) => {
      const middle = Math.max(top + slot.height / 2, wish ?? 0);
      top = middle + slot.height / 2 + gap;
      return { slot, middle, tooLow: middle - (wish ?? middle) };
    });
    const first = placed[0];
    const room = first === undefined ? 0 : first.middle - first.slot.height / 2;
    const lift = Math.min(room, mean(placed.map(({ tooLow }) => tooLow)));
    for (const { slot, middle } of placed) middles.set(slot, middle - lift);
  }
  return middles;
}

/** Who waits for whom: the branches for the request or their needs, the answer for those that nobody needs. */
function pairsOf(branches: PlanShape["branches"]): readonly Omit<Link, "bends">[] {
  const needed = new Set(branches.flatMap(({ needs }) => needs));
  const inwards = branches.flatMap(({ name, needs }) =>
    (needs.length === 0 ? [undefined] : needs).map((from) => ({ from, to: name })),
  );
  const outwards = branches
    .filter(({ name }) => !needed.has(name))
    .map(({ name }) => ({ from: name, to: undefined }));
  return [...inwards, ...outwards];
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / Math.max(1, numbers.length);
}
