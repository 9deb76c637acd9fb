import type { Robots } from "./robots.ts";

/** How a host stands, for all crawls. */
export interface GateState {
  /** Not to be asked before. */
  readonly readyMs: number;
  /** How often in a row it failed or asked to be left alone. */
  readonly failures: number;
  /** Who asks it now, and until when at most. */
  readonly visitor?: Place | undefined;
  /** Who came meanwhile, the first one first. */
  readonly line: readonly Place[];
}

/** Somebody's place, until then. */
interface Place {
  readonly who: string;
  readonly untilMs: number;
}

/** What somebody hears who wants to ask a host. */
export type Entry =
  /** It is theirs alone, until they leave; the first request after so long. */
  | {
      readonly isOpen: true;
      readonly waitMs: number;
      readonly failures: number;
      readonly robots?: Robots | undefined;
    }
  /** Come back after so long. */
  | { readonly isOpen: false; readonly afterMs: number };

/** What a visit came to. */
export interface Visit {
  /** How long the host is to be left alone. */
  readonly pauseMs: number;
  readonly failures: number;
  /** If they had to be asked for. */
  readonly robots?: Robots | undefined;
}

/** Nobody has asked it yet. */
export const UNVISITED: GateState = { readyMs: 0, failures: 0, line: [] };

/** What waits longer than this for a host does not wait at its gate. */
const MOST_WAIT_MS = 5_000;
/** A visitor who has not left by then is gone: longer than any batch takes. */
const VISIT_MS = 60_000;
/** How long to wait for a visitor to leave before asking again. */
const AGAIN_MS = 1_000;
/** Who has not come back by then has lost their place: longer than the batch takes, mostly, with which they came. */
const PLACE_MS = 15_000;

/** Lets somebody in, one at a time, in the order in which they came. */
export function enterGate(state: GateState, who: string, nowMs: number): readonly [GateState, Entry] {
  const isThere = ({ untilMs }: Place) => untilMs > nowMs;
  const others = state.line.filter((place) => isThere(place) && place.who !== who);
  const own = state.line.find((place) => isThere(place) && place.who === who);
  const isBusy = state.visitor !== undefined && isThere(state.visitor);
  const isNext = own === undefined ? others.length === 0 : state.line.find(isThere) === own;
  if (isBusy || !isNext) {
    const place = { who, untilMs: nowMs + PLACE_MS };
    const line =
      own === undefined
        ? [...others, place]
        : state.line.filter(isThere).map((one) => (one === own ? place : one));
    return [
      { ...state, line },
      { isOpen: false, afterMs: AGAIN_MS },
    ];
  }
  const waitMs = Math.max(0, state.readyMs - nowMs);
  if (waitMs > MOST_WAIT_MS)
    return [
      { ...state, line: others },
      { isOpen: false, afterMs: waitMs },
    ];
  const visitor = { who, untilMs: nowMs + VISIT_MS };
  return [
    { ...state, visitor, line: others },
    { isOpen: true, waitMs, failures: state.failures },
  ];
}

/** Takes in what a visit came to. One that was given up counts for the pause, and opens the gate for nobody. */
export function leaveGate(
  state: GateState,
  who: string,
  { pauseMs, failures }: Visit,
  nowMs: number,
): GateState {
  const readyMs = Math.max(state.readyMs, nowMs + pauseMs);
  if (state.visitor?.who !== who) return { ...state, readyMs };
  return { ...state, readyMs, failures, visitor: undefined };
}
