import type { Attempt, AttemptKind } from "../src/aggregate/attempt-log.ts";
import type { Span, Timeline } from "./timeline.ts";

/** A branch as drawn. Lengths are fractions of the axis. */
interface Bar extends Span {
  readonly left: number;
  readonly width: number;
  readonly calls: readonly PlacedCall[];
  /** How many lines its calls take, those at once below one another; at least 1. */
  readonly lines: number;
  readonly marks: readonly Mark[];
}

/** One call as drawn. */
interface PlacedCall extends Attempt {
  readonly left: number;
  readonly width: number;
  /** Counts from 0. */
  readonly line: number;
}

/** A sign where a call began that was not the first. */
export interface Mark {
  readonly kind: Exclude<AttemptKind, "first">;
  readonly left: number;
  /** How many calls it stands for: those of a kind that began so close together that one would hide the other. */
  readonly count: number;
}

/** A place on the axis. */
interface Tick {
  readonly atMs: number;
  /** Where it is, as a fraction of the axis. */
  readonly left: number;
}

/** A drawing of a timeline, free of any unit of length. */
export interface Chart {
  /** How long the axis is. */
  readonly extentMs: number;
  readonly bars: readonly Bar[];
  readonly ticks: readonly Tick[];
}

/** The least width of a bar: one that took no time is seen too. */
const MIN_WIDTH = 0.008;
const MIN_CALL_WIDTH = 0.004;
/** Marks of a kind that are closer to one another become one. */
const MARK_WIDTH = 0.03;
const MOST_TICKS = 6;

/**
 * Lays spans out on one axis that begins with the request.
 *
 * @param leastMs How long the axis is at least; it reaches to the end of the last span in any case.
 */
export function layOut({ durationMs, spans }: Timeline, leastMs = 0): Chart {
  const extentMs = Math.max(leastMs, durationMs, ...spans.map(({ endMs }) => endMs)) || 1;
  const place = ({ startMs, endMs }: Pick<Span, "startMs" | "endMs">, least: number) => {
    const width = Math.min(1, Math.max((endMs - startMs) / extentMs, least));
    return { width, left: Math.max(0, Math.min(startMs / extentMs, 1 - width)) };
  };
  const bars = spans.map((span) => {
    const lines = toLines(span.attempts ?? []);
    const calls = lines.flatMap((line, index) =>
      line.map((call) => ({ ...call, ...place(call, MIN_CALL_WIDTH), line: index })),
    );
    const marks = marksOf(span.attempts ?? [], extentMs);
    return { ...span, ...place(span, MIN_WIDTH), calls, lines: Math.max(1, lines.length), marks };
  });
  return { extentMs, bars, ticks: ticksUpTo(extentMs) };
}

/** A round length of axis for a request that still runs, so that it need not change with every moment. */
export function roomFor(elapsedMs: number): number {
  let roomMs = 100;
  for (let step = 0; roomMs < elapsedMs * 1.05; step += 1) roomMs *= step % 3 === 1 ? 2.5 : 2;
  return roomMs;
}

/** Puts each call on the first line that is free when it begins. */
function toLines(calls: readonly Attempt[]): readonly (readonly Attempt[])[] {
  const lines: Attempt[][] = [];
  for (const call of calls.toSorted((a, b) => a.startMs - b.startMs)) {
    const free = lines.find((line) => (line.at(-1)?.endMs ?? 0) <= call.startMs);
    if (free === undefined) lines.push([call]);
    else free.push(call);
  }
  return lines;
}

function marksOf(calls: readonly Attempt[], extentMs: number): readonly Mark[] {
  const marks: Mark[] = [];
  for (const { kind, startMs } of calls.toSorted((a, b) => a.startMs - b.startMs)) {
    if (kind === "first") continue;
    const left = startMs / extentMs;
    const near = marks.findIndex((mark) => mark.kind === kind && left - mark.left < MARK_WIDTH);
    const mark = marks[near];
    if (mark === undefined) marks.push({ kind, left, count: 1 });
    else marks[near] = { ...mark, count: mark.count + 1 };
  }
  return marks;
}

/** Ticks from 0 at round distances: 1, 2 or 5 times a power of ten. */
function ticksUpTo(extentMs: number): Tick[] {
  const magnitude = 10 ** Math.floor(Math.log10(extentMs / MOST_TICKS));
  const steps = [1, 2, 5, 10].map((factor) => factor * magnitude);
  const stepMs = steps.find((step) => extentMs / step < MOST_TICKS) ?? 10 * magnitude;
  return Array.from({ length: Math.floor(extentMs / stepMs) + 1 }, (_, index) => {
    // Times a fraction like 0.1 would be 0.30000000000000004.
    const atMs = Number((index * stepMs).toPrecision(12));
    return { atMs, left: atMs / extentMs };
  });
}
