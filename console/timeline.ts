import type { Attempt } from "../src/aggregate/attempt-log.ts";
import { isObject } from "./is-object.ts";

/** When each branch of a request ran, in milliseconds since the request began. */
export interface Timeline {
  readonly durationMs: number;
  readonly spans: readonly Span[];
}

/** One branch. */
export interface Span {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  /** `ok`, or what kept it from that; `running` and `waiting` while nobody knows. */
  readonly outcome: string;
  /** How else it got at answers: `hit`, `stale`, `shared`, `fallback`. */
  readonly notes?: readonly string[];
  /** Its calls; absent where they are not known. */
  readonly attempts?: readonly Attempt[];
}

/** The timeline in an answer, if it has one. */
export function readTimeline(body: unknown): Timeline | undefined {
  const timeline = isObject(body) ? body["_timeline"] : undefined;
  const isTimeline = isObject(timeline) && Array.isArray(timeline["spans"]);
  return isTimeline ? (timeline as unknown as Timeline) : undefined;
}

/** What asking all at once gained. */
export interface Gain {
  readonly togetherMs: number;
  /** What the same calls would have taken one after the other. */
  readonly inTurnMs: number;
  /** How many times as long in turn; 1 where together was no faster. */
  readonly ratio: number;
}

/** Weighs a timeline against the same calls one after the other. */
export function gainOf({ durationMs, spans }: Timeline): Gain {
  const inTurnMs = sum(spans.map(inTurn));
  return { togetherMs: durationMs, inTurnMs, ratio: durationMs > 0 ? Math.max(1, inTurnMs / durationMs) : 1 };
}

/** A branch's calls one after the other. Who asks in turn sends no second copies; pauses between attempts stay. */
function inTurn({ startMs, endMs, attempts = [] }: Span): number {
  const calls = attempts.filter(({ kind }) => kind !== "hedge");
  return Math.max(endMs - startMs, sum(calls.map((call) => call.endMs - call.startMs)));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
