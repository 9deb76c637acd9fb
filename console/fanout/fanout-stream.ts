import type { FanoutAnswer } from "../../src/aggregate/fanout/answer.ts";
import { unreachable } from "../exchange.ts";
import { readRun } from "../run-stream.ts";
import type { RunEvent } from "../run-state.ts";
import type { Span } from "../timeline.ts";
import { withToken } from "../token.ts";
import { type Fanout, readFanout } from "./fanout.ts";

const TARGET = "/v1/fanout";

/**
 * Makes the requests of a fan-out and tells what happens, to its end: each request as a branch. Rejects only when the
 * signal aborts.
 *
 * @param body As `writeFanout` has it.
 */
export async function* streamFanout(body: string, signal: AbortSignal): AsyncGenerator<RunEvent, void, void> {
  try {
    const headers = withToken({ Accept: "text/event-stream", "Content-Type": "application/json" });
    const response = await fetch(TARGET, { method: "POST", signal, headers, body });
    yield* readRun(TARGET, response, eventReader(readFanout(body)));
  } catch (error) {
    signal.throwIfAborted();
    yield { kind: "failed", failure: unreachable(TARGET, error) };
  }
}

type Result = FanoutAnswer["results"][number];

/** Reads the events of a fan-out. It keeps count of what has landed, for the end to have a timeline. */
export function eventReader({ requests, mode }: Fanout) {
  const landed = new Map<string, Span>();
  return (kind: string | undefined, value: Readonly<Record<string, unknown>>): RunEvent | undefined => {
    if (kind === "result") {
      const { id, startMs, endMs, attempts, ok, outcome = "unknown" } = value as unknown as Result; // as the API promises
      const span = { name: id, startMs, endMs, outcome: ok ? "ok" : outcome };
      landed.set(id, span);
      return { kind: "landed", landing: { ...span, attempts, elapsedMs: endMs - startMs } };
    }
    if (kind !== "summary") return undefined;
    const durationMs = Number(value["durationMs"]);
    // Nobody waits for the others once it is known how it ends.
    const spans = requests.map(
      ({ id }) => landed.get(id) ?? { name: id, startMs: 0, endMs: durationMs, outcome: "cancelled" },
    );
    const failed = spans.find(({ outcome }) => outcome !== "ok" && outcome !== "cancelled");
    const detail =
      mode === "first" ? "No request succeeded" : `\`${failed?.name}\` failed: ${failed?.outcome}`;
    const isOk = value["ok"] === true;
    return {
      kind: "ended",
      summary: {
        // What an answer that is no stream would have.
        status: isOk ? 200 : 502,
        durationMs,
        incomplete: null,
        ...(!isOk && { problem: { title: "The requests did not succeed", detail } }),
        _timeline: { durationMs, spans },
      },
    };
  };
}
