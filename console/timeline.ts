/** When each part of a request ran, in milliseconds since the request began. */
export interface Timeline {
  readonly durationMs: number;
  readonly spans: readonly Span[];
}

/** One call to an upstream. */
interface Span {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  /** `ok`, or what kept it from that. */
  readonly outcome: string;
}

/** A span as drawn. */
interface Bar extends Span {
  /** Where it begins and how wide it is, as fractions of the axis. */
  readonly left: number;
  readonly width: number;
}

/** A mark on the axis. */
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
const MOST_TICKS = 6;

/** Lays spans out on one axis that begins with the request and ends with the last of them. */
export function layOut({ durationMs, spans }: Timeline): Chart {
  const extentMs = Math.max(durationMs, ...spans.map(({ endMs }) => endMs)) || 1;
  const bars = spans.map((span) => {
    const width = Math.max((span.endMs - span.startMs) / extentMs, MIN_WIDTH);
    return { ...span, width, left: Math.max(0, Math.min(span.startMs / extentMs, 1 - width)) };
  });
  return { extentMs, bars, ticks: ticksUpTo(extentMs) };
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
  const inTurnMs = spans.reduce((sum, { startMs, endMs }) => sum + (endMs - startMs), 0);
  return { togetherMs: durationMs, inTurnMs, ratio: durationMs > 0 ? Math.max(1, inTurnMs / durationMs) : 1 };
}
