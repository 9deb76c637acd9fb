import { EventSourceParserStream } from "eventsource-parser/stream";
import { readExchange, refusal, unreachable } from "./exchange.ts";
import { isObject } from "./is-object.ts";
import type { Landing, RunEvent, Summary } from "./run-state.ts";
import { withToken } from "./token.ts";

/**
 * Runs an endpoint and tells what happens, to its end. Rejects only when the signal aborts.
 *
 * Not by an `EventSource`: that hides what a refusal says, and asks again by itself when an answer ends.
 */
export async function* streamRun(target: string, signal: AbortSignal): AsyncGenerator<RunEvent, void, void> {
  try {
    const headers = withToken({ Accept: "text/event-stream" });
    const response = await fetch(withTimeline(target), { signal, headers });
    yield* readRun(target, response);
  } catch (error) {
    signal.throwIfAborted();
    yield { kind: "failed", failure: unreachable(target, error) };
  }
}

/** Reads an event of a stream; nothing for one of a kind that this page does not know. */
type ReadEvent = (kind: string | undefined, value: Readonly<Record<string, unknown>>) => RunEvent | undefined;

/**
 * Reads what a response says of a run. Rejects when it breaks off before its end.
 *
 * @param read Reads its events; those of an endpoint, unless it is told otherwise.
 */
export async function* readRun(
  target: string,
  response: Response,
  read: ReadEvent = toEvent,
): AsyncGenerator<RunEvent, void, void> {
  const isStream = response.headers.get("Content-Type")?.startsWith("text/event-stream") === true;
  if (!isStream || response.body === null) {
    yield { kind: "failed", failure: refusal(await readExchange(target, response)) };
    return;
  }
  yield { kind: "opened", requestId: response.headers.get("X-Request-Id") ?? undefined };
  const messages = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  const reader = messages.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new Error("The answer ended before its summary");
    const data: unknown = JSON.parse(value.data);
    const event = isObject(data) ? read(value.event, data) : undefined;
    if (event !== undefined) yield event;
    if (event?.kind === "ended") return;
  }
}

const toEvent: ReadEvent = (kind, value) => {
  // The API promises the members; what it may leave out is optional in the types.
  if (kind === "branch") return { kind: "landed", landing: value as unknown as Landing };
  if (kind === "summary") return { kind: "ended", summary: value as unknown as Summary };
  return undefined;
};

function withTimeline(target: string): string {
  return `${target}${target.includes("?") ? "&" : "?"}_timeline=1`;
}
