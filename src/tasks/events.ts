import type { Context } from "hono";
import { type SentEvent, streamEvents } from "../http/event-stream.ts";
import { isEnded, type Progress, type TaskRow } from "./row.ts";
import type { Looked, ShardStub } from "./stub.ts";
import { eventOf } from "./view.ts";

/** What is new of a task since a version: its events, and how far it is. */
function eventsSince(
  { events, version, progress }: TaskRow,
  seen: number,
  lastProgress: Progress | undefined,
): readonly SentEvent[] {
  const sent = events
    .filter((event) => event.version > seen)
    .map((event) => ({ id: String(event.version), event: event.what, data: JSON.stringify(eventOf(event)) }));
  const isNew = progress !== undefined && JSON.stringify(progress) !== JSON.stringify(lastProgress);
  const last = { id: String(version), event: "progress", data: JSON.stringify(progress) };
  return isNew && version > (events.at(-1)?.version ?? 0) ? [...sent, last] : sent;
}

/** Answers with what happens to a task, until its end. `Last-Event-ID` is the version after which to begin. */
export function streamTask(c: Context, stub: ShardStub, first: Looked): Response {
  return streamEvents(c, {
    first,
    versionOf: ({ row }) => row.version,
    isEnded: ({ row }) => isEnded(row),
    eventsOf: ({ row }, seen, before) => eventsSince(row, seen, before?.row.progress),
    watch: async (seen, holdMs) => await stub.watch(first.row.id, seen, holdMs),
  });
}
