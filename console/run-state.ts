import type { Problem } from "./answers.ts";
import type { Refusal, Unreachable } from "./exchange.ts";
import type { Timeline } from "./timeline.ts";

/** A branch that has landed, as the stream says it. */
export interface Landing {
  readonly name: string;
  readonly outcome: string;
  /** How many calls it made. */
  readonly attempts: number;
  readonly elapsedMs: number;
  readonly notes?: readonly string[];
  /** Its result, when it has one. */
  readonly value?: unknown;
}

/** How a streamed answer ends. */
export interface Summary {
  readonly status: number;
  readonly durationMs: number;
  /** As `Manifold-Incomplete` has it. */
  readonly incomplete: string | null;
  readonly problem?: Problem;
  readonly _timeline?: Timeline;
}

/** What happens while an endpoint runs. */
export type RunEvent =
  | { readonly kind: "opened"; readonly requestId: string | undefined }
  | { readonly kind: "landed"; readonly landing: Landing }
  | { readonly kind: "ended"; readonly summary: Summary }
  /** No stream came, or it broke off. */
  | { readonly kind: "failed"; readonly failure: Refusal | Unreachable }
  | { readonly kind: "stopped" };

/** A landing, and when it was noticed, in milliseconds since the run began. */
export type Landed = Landing & { readonly atMs: number };

/** A run of an endpoint, as far as it has come. */
export interface Run {
  /** What was asked: path and query; of a fan-out, its body. */
  readonly target: string;
  /** When it was sent, on the clock of the page; once the answer is open, when that was, for then the Worker began. */
  readonly beganMs: number;
  readonly isOpen: boolean;
  readonly requestId: string | undefined;
  /** In the order of landing. */
  readonly landed: readonly Landed[];
  readonly ending: RunEnding;
}

/** How a run ended, and when since it began; `running` until it has. */
type RunEnding =
  | { readonly kind: "running" }
  | { readonly kind: "ended"; readonly summary: Summary; readonly atMs: number }
  | { readonly kind: "failed"; readonly failure: Refusal | Unreachable; readonly atMs: number }
  | { readonly kind: "stopped"; readonly atMs: number };

/** A run that has just been sent. */
export function beginRun(target: string, nowMs: number): Run {
  return {
    target,
    beganMs: nowMs,
    isOpen: false,
    requestId: undefined,
    landed: [],
    ending: { kind: "running" },
  };
}

/** How long a run has taken until now, or took. */
export function elapsedOf({ beganMs, isOpen, ending }: Run, nowMs: number): number {
  if (ending.kind !== "running") return ending.atMs;
  return isOpen ? nowMs - beganMs : 0;
}

/** A run after one event more. What comes after its end changes nothing. */
export function advanceRun(run: Run, event: RunEvent, nowMs: number): Run {
  if (run.ending.kind !== "running") return run;
  const atMs = nowMs - run.beganMs;
  switch (event.kind) {
    case "opened":
      return { ...run, requestId: event.requestId, beganMs: nowMs, isOpen: true };
    case "landed":
      return { ...run, landed: [...run.landed, { ...event.landing, atMs }] };
    case "ended":
    case "failed":
    case "stopped":
      return { ...run, ending: { ...event, atMs } };
  }
}
