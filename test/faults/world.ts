import { type Dice, seededDice } from "../support/random.ts";
import { BrokenInvariant } from "./find-failure.ts";

/** With so many turns at one instant, something asks for the same thing again and again. */
const MOST_AT_ONCE = 20_000;

interface Turn {
  readonly atMs: number;
  /** Decides between turns of one instant. */
  readonly lot: number;
  readonly run: () => void;
  isCancelled: boolean;
}

/**
 * A world without a wall clock: everything happens in turns, one at a time, in an order that its seed decides. The same
 * seed makes the same world.
 */
export interface World {
  readonly dice: Dice;
  now(): number;
  /** @returns Cancels it. */
  after(ms: number, run: () => void): () => void;
  /** Runs turns up to a time. @throws What a turn throws. */
  runUntil(ms: number): void;
  /** The same for what is made of promises: all that a turn sets off has run before the next one does. */
  settleUntil(ms: number): Promise<void>;
  /** Writes down what happens, for who reads the story of a failure; costs nothing when nobody does. */
  tell(line: () => string): void;
  readonly story: readonly string[];
  /** Counts something worth having met. */
  saw(what: string): void;
  readonly sights: ReadonlyMap<string, number>;
}

/** @param isTold Whether the story is written down. */
export function createWorld(seed: number, isTold = false): World {
  const dice = seededDice(seed);
  const heap = createHeap();
  const story: string[] = [];
  const sights = new Map<string, number>();
  let nowMs = 0;
  let atOnce = 0;
  /** @returns Whether there was one. */
  const runNext = (untilMs: number): boolean => {
    let turn = heap.peek();
    while (turn?.isCancelled === true) {
      heap.pop();
      turn = heap.peek();
    }
    if (turn === undefined || turn.atMs > untilMs) return false;
    heap.pop();
    atOnce = turn.atMs === nowMs ? atOnce + 1 : 0;
    if (atOnce > MOST_AT_ONCE) throw new BrokenInvariant("the world is busy, and no time passes");
    nowMs = turn.atMs;
    turn.run();
    return true;
  };
  return {
    dice,
    story,
    sights,
    saw: (what) => void sights.set(what, (sights.get(what) ?? 0) + 1),
    now: () => nowMs,
    after(ms, run) {
      const turn: Turn = {
        atMs: nowMs + Math.max(0, ms),
        lot: dice.between(0, 1_000_000),
        run,
        isCancelled: false,
      };
      if (turn.atMs < Infinity) heap.push(turn);
      return () => void (turn.isCancelled = true);
    },
    runUntil(ms) {
      while (runNext(ms));
      nowMs = ms;
    },
    async settleUntil(ms) {
      await settled();
      while (runNext(ms)) await settled();
      nowMs = ms;
    },
    tell(line) {
      if (isTold) story.push(`${String(Math.round(nowMs)).padStart(7)} ${line()}`);
    },
  };
}

/** Resolves when every promise callback that is ready, and every one that these make ready, has run. */
const settled = async () => await new Promise<void>((resolve) => setImmediate(resolve));

const isBefore = (a: Turn, b: Turn) => a.atMs < b.atMs || (a.atMs === b.atMs && a.lot < b.lot);

/** A binary heap of turns, the next on top. */
function createHeap() {
  const turns: Turn[] = [];
  // Indexes below are within the heap.
  const at = (index: number) => turns[index] as Turn;
  const swap = (a: number, b: number) => ([turns[a], turns[b]] = [at(b), at(a)]);
  return {
    peek: () => turns[0],
    push(turn: Turn) {
      let index = turns.push(turn) - 1;
      while (index > 0) {
        const parent = (index - 1) >> 1;
        if (!isBefore(at(index), at(parent))) return;
        swap(index, parent);
        index = parent;
      }
    },
    pop() {
      swap(0, turns.length - 1);
      turns.pop();
      for (let index = 0; ;) {
        const [left, right] = [2 * index + 1, 2 * index + 2];
        let least = index;
        if (left < turns.length && isBefore(at(left), at(least))) least = left;
        if (right < turns.length && isBefore(at(right), at(least))) least = right;
        if (least === index) return;
        swap(index, least);
        index = least;
      }
    },
  };
}
