import type * as z from "zod";
import type { TaskView } from "./requests.ts";
import type { Looked } from "./stub.ts";

const at = (ms: number) => new Date(ms).toISOString();

/** A task as callers see it. */
export function viewOf({ row, payload, result }: Looked): z.infer<typeof TaskView> {
  const { startedMs, endedMs } = row;
  return {
    id: row.id,
    type: row.type,
    state: row.state,
    payload: JSON.parse(payload ?? "null") as unknown,
    result: JSON.parse(result ?? "null") as unknown,
    error: row.error,
    attempts: row.attempt,
    worker: row.worker,
    progress: row.progress,
    createdAt: at(row.createdMs),
    dueAt: at(row.dueMs),
    startedAt: startedMs === undefined ? undefined : at(startedMs),
    endedAt: endedMs === undefined ? undefined : at(endedMs),
    durationMs: startedMs === undefined || endedMs === undefined ? undefined : endedMs - startedMs,
    events: row.events.map(({ version, atMs, what, attempt, worker, error }) => ({
      version,
      at: at(atMs),
      what,
      attempt,
      worker,
      error,
    })),
  };
}
