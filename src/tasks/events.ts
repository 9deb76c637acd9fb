import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import { isEnded, type Progress, type TaskRow } from "./row.ts";
import type { Looked, ShardStub } from "./stub.ts";
import { eventOf } from "./view.ts";

/** A silent stream is kept open by a comment so often. */
const HOLD_MS = 15_000;

interface SentEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

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
  const { id } = first.row;
  const after = Number(c.req.header("Last-Event-ID") ?? 0);
  return streamSSE(c, async (stream) => {
    let seen = Number.isSafeInteger(after) ? after : 0;
    let progress: Progress | undefined;
    let looked: Looked | undefined = first;
    while (looked !== undefined && !stream.aborted) {
      const { row }: Looked = looked;
      for (const event of eventsSince(row, seen, progress)) await stream.writeSSE(event);
      if (isEnded(row)) return;
      if (row.version === seen) await stream.write(": still here\n\n");
      seen = row.version;
      progress = row.progress;
      looked = await stub.watch(id, seen, HOLD_MS);
    }
  });
}
