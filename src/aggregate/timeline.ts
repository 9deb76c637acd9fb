import { label } from "./failure.ts";
import type { Outcome } from "./run.ts";

/** When each branch ran, in milliseconds since the request began. */
export interface Timeline {
  readonly durationMs: number;
  readonly spans: readonly TimelineSpan[];
}

interface TimelineSpan {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  /** `ok`, or what kept it from that: see {@link outcomeLabel}. */
  readonly outcome: string;
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
  }));
  return { durationMs: round(durationMs), spans };
}

/** The same for a `Server-Timing` field (W3C Server Timing), without the starts, which it has no place for. */
export function serverTiming(outcomes: readonly Outcome[], durationMs: number): string {
  const entries = outcomes.map((outcome) => {
    const description = outcome.kind === "ok" ? "" : `;desc="${outcomeLabel(outcome)}"`;
    return `${outcome.name};dur=${round(outcome.endMs - outcome.startMs)}${description}`;
  });
  return [...entries, `total;dur=${round(durationMs)}`].join(", ");
}

/** Milliseconds to a tenth: more is noise. */
export function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
