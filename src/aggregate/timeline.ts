import type { Attempt } from "./attempt-log.ts";
import { label } from "./failure.ts";
import type { Outcome } from "./run.ts";

/** When each branch ran, in milliseconds since the request began. */
export interface Timeline {
  readonly durationMs: number;
  readonly spans: readonly TimelineSpan[];
}

/** One branch, with every attempt it made. */
interface TimelineSpan {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  /** `ok`, or what kept it from that: see {@link outcomeLabel}. */
  readonly outcome: string;
  /** `hit`, `stale`, `shared`, `fallback`: how else it got at answers. */
  readonly notes: readonly string[];
  readonly attempts: readonly Attempt[];
}

/** What became of a branch, in a word: `ok`, `timeout`, `status=503`, `skipped`, `cancelled` and so on. */
export function outcomeLabel(outcome: Outcome): string {
  return outcome.kind === "failed" ? label(outcome.error.fault) : outcome.kind;
}

/** The timeline that `?_timeline=1` adds to an answer. */
export function toTimeline(outcomes: readonly Outcome[], durationMs: number): Timeline {
  const spans = outcomes.map((outcome) => ({
    name: outcome.name,
    startMs: round(outcome.startMs),
    endMs: round(outcome.endMs),
    outcome: outcomeLabel(outcome),
    notes: [...outcome.notes],
    attempts: outcome.attempts.map((attempt) => ({
      ...attempt,
      startMs: round(attempt.startMs),
      endMs: round(attempt.endMs),
    })),
  }));
  return { durationMs: round(durationMs), spans };
}

/** The same for a `Server-Timing` field (W3C Server Timing), without the starts, which it has no place for. */
export function serverTiming(outcomes: readonly Outcome[], durationMs: number): string {
  const entries = outcomes.map((outcome) => {
    const entry = `${outcome.name};dur=${round(outcome.endMs - outcome.startMs)}`;
    const words = describe(outcome);
    return words.length === 0 ? entry : `${entry};desc="${words.join(" ")}"`;
  });
  return [...entries, `total;dur=${round(durationMs)}`].join(", ");
}

/** What is worth saying of a branch beside its duration. */
function describe(outcome: Outcome): readonly string[] {
  const { kind, attempts, notes } = outcome;
  if (kind === "ok" && attempts.length === 1 && notes.size === 0) return NOTHING;
  const isHedged = attempts.some((attempt) => attempt.kind === "hedge");
  return [
    ...(kind === "ok" ? [] : [outcomeLabel(outcome)]),
    ...(attempts.length > 1 ? [`attempts=${attempts.length}`] : []),
    ...(isHedged ? ["hedged"] : []),
    ...notes,
  ];
}

const NOTHING: readonly string[] = [];

/** Milliseconds to a tenth: more is noise. */
export function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
