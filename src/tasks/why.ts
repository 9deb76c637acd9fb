import type { Book } from "./book.ts";
import { NEVER, type TaskRow } from "./row.ts";

/** A task that a group waits for, and what it waits for itself. */
export interface Blocker {
  readonly id: string;
  readonly type: string;
  readonly state: TaskRow["state"];
  readonly reason: string;
}

/** Says of each task of a group that has not ended why not. */
export function explainGroup({ store, policyOf }: Book, id: string, most: number): readonly Blocker[] {
  return store.open(id, most).map((row) => {
    const { type, state } = row;
    const isPaused = store.type(type).paused;
    return { id: row.id, type, state, reason: reasonOf(row, isPaused, policyOf(type).concurrency) };
  });
}

const at = (ms: number) => new Date(ms).toISOString();

function reasonOf(row: TaskRow, isPaused: boolean, concurrency: number | undefined): string {
  const { state, type, attempt, dueMs, error, worker, startedMs, wakeMs, cancelMs } = row;
  if (state === "running") {
    const since = `runs on ${worker ?? "a worker"} since ${at(startedMs ?? 0)} (attempt ${attempt})`;
    return cancelMs === undefined ? since : `${since}, and was asked to stop at ${at(cancelMs)}`;
  }
  if (isPaused) return `its type \`${type}\` is paused`;
  if (state === "scheduled") {
    const last = error === undefined ? "" : `, after attempt ${attempt} failed: ${error.message}`;
    return `waits until ${at(dueMs)}${last}`;
  }
  if (wakeMs === NEVER) return `waits for one of the ${concurrency ?? 0} of \`${row.slot ?? type}\` to end`;
  return `waits for a worker since ${at(dueMs)}`;
}
