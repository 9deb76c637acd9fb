import { describe, expect, it } from "vitest";
import {
  type CancelSignal,
  gather,
  observed,
  type Observer,
  sleep,
  type Span,
  VirtualClock,
  withTimeout,
} from "#kernel";

/** Writes down what it is told, spans by their path. */
function recorder() {
  const log: string[] = [];
  const path = (span: Span): string =>
    span.parent === undefined ? span.name : `${path(span.parent)}/${span.name}`;
  const observer: Observer = {
    onStart: (span) => void log.push(`${path(span)} starts ${span.startMs}`),
    onEnd: (span, end) => void log.push(`${path(span)} ${end.outcome} ${end.endMs}`),
  };
  return { log, observer };
}

describe("an observer", () => {
  it("is told of each task: its name, its parent, its start, its end and how it ended", async () => {
    const clock = new VirtualClock();
    const { log, observer } = recorder();
    const fast = async () => await sleep(10, undefined, clock);
    const failing = async (signal: CancelSignal, span?: Span) => {
      const inner = async () => {
        await sleep(20, signal, clock);
        throw new Error("down");
      };
      await withTimeout(inner, 100, { signal, clock, within: span });
    };
    const slow = async (signal: CancelSignal) => await sleep(1_000, signal, clock);
    const request = observed(
      observer,
      "request",
      async (signal, span) =>
        await gather([fast, failing, slow], {
          signal,
          clock,
          within: span,
          names: ["fast", "failing", "slow"],
        }),
      new AbortController().signal,
      clock,
    );
    await expect(clock.run(request)).rejects.toThrow("down");
    expect(log).toEqual([
      "request starts 0",
      "request/fast starts 0",
      "request/failing starts 0",
      "request/failing/withTimeout starts 0",
      "request/slow starts 0",
      "request/fast ok 10",
      "request/failing/withTimeout failed 20",
      "request/failing failed 20",
      "request/slow cancelled 20",
      "request failed 20",
    ]);
  });

  it("costs nothing when there is none: tasks get no span", async () => {
    const spans: unknown[] = [];
    await gather([async (_signal, span) => void spans.push(span)]);
    expect(spans).toEqual([undefined]);
  });
});
