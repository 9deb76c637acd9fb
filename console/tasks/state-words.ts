import type { Tone } from "../outcome.ts";
import type { TaskSummary } from "./answers.ts";

type State = TaskSummary["state"];

/** The states in the order of a life, with their colours. */
export const TONES: Readonly<Record<State, Tone>> = {
  scheduled: "idle",
  queued: "idle",
  running: "busy",
  succeeded: "good",
  failed: "bad",
  dead: "bad",
  cancelled: "slow",
  expired: "slow",
};

/** Whether it can still be cancelled. */
export function isOpen(state: State): boolean {
  return state === "scheduled" || state === "queued" || state === "running";
}

/** Whether it has ended, and not well. */
export function isRetryable(state: State): boolean {
  return !isOpen(state) && state !== "succeeded";
}

/** A time of the day, to the second. */
export function clockOf(iso: string): string {
  return new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}
