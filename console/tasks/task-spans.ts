import type { Task } from "./answers.ts";

/** A stretch of a task's life in one state, as parts of the whole. */
export interface Span {
  readonly what: string;
  readonly attempt: number | undefined;
  readonly note: string | undefined;
  readonly at: string;
  /** From 0 to 1. */
  readonly left: number;
  readonly width: number;
}

/** The stretches of a task's life between its events; what has not ended lasts until now. */
export function spansOf({ events }: Pick<Task, "events">, nowMs: number): readonly Span[] {
  const times = events.map(({ at }) => Date.parse(at));
  const first = times[0] ?? nowMs;
  const last = isOver(events.at(-1)?.what) ? (times.at(-1) ?? nowMs) : Math.max(nowMs, times.at(-1) ?? nowMs);
  const whole = Math.max(1, last - first);
  return events.map(({ what, attempt, error, at }, index) => {
    const from = times[index] ?? first;
    const to = times[index + 1] ?? last;
    return {
      what,
      attempt,
      note: error?.message,
      at,
      left: (from - first) / whole,
      width: (to - from) / whole,
    };
  });
}

function isOver(what: string | undefined): boolean {
  return what !== undefined && !["scheduled", "queued", "running", "cancelling"].includes(what);
}
