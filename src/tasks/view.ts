import type * as z from "zod";
import type { GroupView, TaskPage, TaskStats, TaskView } from "./requests.ts";
import { parsePayload } from "./pointer.ts";
import type { TaskEvent, TaskRow } from "./row.ts";
import type { FromAll } from "./shards.ts";
import type { Looked, LookedGroup, ShardStats } from "./stub.ts";

const at = (ms: number) => new Date(ms).toISOString();

/** A task as callers see it. */
export function viewOf({ row, payload, result }: Looked): z.infer<typeof TaskView> {
  return {
    ...summaryOf(row),
    payload: parsePayload(payload ?? "") ?? null,
    result: JSON.parse(result ?? "null") as unknown,
    events: row.events.map(eventOf),
  };
}

function summaryOf(row: TaskRow): z.infer<typeof TaskPage>["items"][number] {
  const { startedMs, endedMs } = row;
  return {
    id: row.id,
    type: row.type,
    state: row.state,
    error: row.error,
    attempts: row.attempt,
    worker: row.worker,
    progress: row.progress,
    group: row.group,
    createdAt: at(row.createdMs),
    dueAt: at(row.dueMs),
    startedAt: startedMs === undefined ? undefined : at(startedMs),
    endedAt: endedMs === undefined ? undefined : at(endedMs),
    durationMs: startedMs === undefined || endedMs === undefined ? undefined : endedMs - startedMs,
  };
}

/** An event as callers see it. */
export function eventOf({ version, atMs, what, attempt, worker, error }: TaskEvent) {
  return { version, at: at(atMs), what, attempt, worker, error };
}

const partialOf = (failed: readonly number[]) => (failed.length > 0 ? { partial: [...failed] } : {});

/** The newest tasks of all shards: each has said its own newest ones, as many as there may be in all. */
export function pageOf(
  { answers, failed }: FromAll<readonly TaskRow[]>,
  most: number,
): z.infer<typeof TaskPage> {
  const rows = answers.flat().toSorted((a, b) => (a.id < b.id ? 1 : -1));
  const shown = rows.slice(0, most);
  const cursor =
    answers.some(({ length }) => length === most) || rows.length > most ? shown.at(-1)?.id : undefined;
  return { items: shown.map(summaryOf), cursor, ...partialOf(failed) };
}

/** What all shards count. */
export function statsOf(
  names: Iterable<string>,
  { answers, failed }: FromAll<ShardStats>,
): z.infer<typeof TaskStats> {
  const types: z.infer<typeof TaskStats>["types"] = {};
  const open = (name: string) => (types[name] ??= { isPaused: false, counts: {} });
  for (const name of names) open(name);
  for (const { counts, paused } of answers) {
    for (const name of paused) open(name).isPaused = true;
    for (const { type, state, count } of counts) {
      const of = open(type).counts;
      of[state] = (of[state] ?? 0) + count;
    }
  }
  return { types, ...partialOf(failed) };
}

/** A group as callers see it. */
export function groupViewOf({ group, counts }: LookedGroup): z.infer<typeof GroupView> {
  const { id, total, createdMs, joinedMs, next } = group;
  return {
    id,
    total,
    counts: Object.fromEntries(counts.map(({ state, count }) => [state, count])),
    createdAt: at(createdMs),
    endedAt: joinedMs === undefined ? undefined : at(joinedMs),
    next: next?.id,
  };
}
