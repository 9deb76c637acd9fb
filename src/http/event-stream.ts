import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { type Clock, sleep } from "#kernel";
import { logError } from "./log.ts";

/** A silent stream is kept open by a comment so often. */
const HOLD_MS = 15_000;

/** An event as it is sent; its id is the version that it is of. */
export interface SentEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** Something that changes, and what is told of it. */
export interface Watched<T> {
  readonly first: T;
  /** Grows with each change, for good. */
  readonly versionOf: (state: T) => number;
  readonly isEnded: (state: T) => boolean;
  /** What is new in a state since a version; `before` is the state that was last told of, if there is one. */
  readonly eventsOf: (state: T, seen: number, before: T | undefined) => readonly SentEvent[];
  /** Resolves when there is something newer than a version, or when the time is over. */
  readonly watch: (seen: number, holdMs: number) => Promise<T | undefined>;
  /** The least time between two looks: what changes meanwhile is told at once. */
  readonly gap?: { readonly ms: number; readonly clock: Clock };
}

/**
 * Answers with what happens to something, as Server-Sent Events, until its end. `Last-Event-ID` is the version after
 * which to begin; 204 where there will be nothing after it, which is what ends an `EventSource`. What the reader has
 * not read yet is one state at most: nobody is asked for the next before.
 */
export function streamEvents<T>(c: Context, watched: Watched<T>): Response {
  const { first, versionOf, isEnded, eventsOf, watch, gap } = watched;
  const after = Number(c.req.header("Last-Event-ID") ?? 0);
  let seen = Number.isSafeInteger(after) ? after : 0;
  if (isEnded(first) && versionOf(first) <= seen) return c.body(null, 204);
  const tell = async (stream: SSEStreamingApi) => {
    let before: T | undefined;
    let state: T | undefined = first;
    while (state !== undefined && !stream.aborted) {
      for (const event of eventsOf(state, seen, before)) await stream.writeSSE(event);
      if (isEnded(state)) return;
      if (versionOf(state) === seen) await stream.write(": still here\n\n");
      seen = versionOf(state);
      before = state;
      if (gap !== undefined) await sleep(gap.ms, undefined, gap.clock);
      state = await watch(seen, HOLD_MS);
    }
  };
  const fail = (error: unknown) => {
    // Set for every request. The reader comes back by itself, and goes on after the last event.
    const requestId = c.get("requestId") as unknown;
    logError("request-failed", { requestId, path: c.req.path }, error);
  };
  const response = streamSSE(c, async (stream) => await tell(stream).catch(fail));
  response.headers.set("Cache-Control", "no-store");
  return response;
}
