import { setImmediate as everythingElse } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { timelineOf } from "../../console/run-spans.ts";
import {
  advanceRun,
  beginRun,
  elapsedOf,
  type Landing,
  type Run,
  type RunEvent,
} from "../../console/run-state.ts";
import { readRun } from "../../console/run-stream.ts";
import { createRunner } from "../../console/runner.ts";
import { DEEP, LANDINGS, SUMMARY } from "./plans.ts";
import { toEvent } from "./site.ts";

const landing = (name: string, elapsedMs: number, rest: Partial<Landing> = {}): Landing => ({
  name,
  outcome: "ok",
  attempts: 1,
  elapsedMs,
  ...rest,
});

/** A run sent at 1,000 ms whose answer opened at 1,020 ms, after what happened since, each at its time. */
const runOf = (...happened: readonly (readonly [atMs: number, event: RunEvent])[]): Run =>
  happened.reduce(
    (run, [atMs, event]) => advanceRun(run, event, 1_020 + atMs),
    advanceRun(beginRun("/api/things/1", 1_000), { kind: "opened", requestId: "req-3" }, 1_020),
  );

describe("advanceRun", () => {
  it("counts from when the answer opened, for that is when the Worker began", () => {
    expect(elapsedOf(beginRun("/api/things/1", 1_000), 1_010)).toBe(0);
    expect(elapsedOf(runOf(), 1_070)).toBe(50);
  });

  it("keeps what has landed, in that order", () => {
    const run = runOf(
      [40, { kind: "landed", landing: landing("prices", 40) }],
      [90, { kind: "landed", landing: landing("order", 90) }],
    );
    expect(run.landed.map(({ name, atMs }) => [name, atMs])).toEqual([
      ["prices", 40],
      ["order", 90],
    ]);
  });

  it("is deaf after its end", () => {
    const run = runOf([50, { kind: "stopped" }]);
    expect(advanceRun(run, { kind: "landed", landing: landing("order", 90) }, 2_000)).toBe(run);
    expect(elapsedOf(run, 9_999)).toBe(50);
  });
});

describe("timelineOf", () => {
  const spansOf = (run: Run, elapsedMs: number) =>
    timelineOf(run, DEEP.branches, elapsedMs).spans.map(({ name, startMs, endMs, outcome }) => [
      name,
      outcome,
      startMs,
      endMs,
    ]);

  it("has each branch run as soon as what it needs has landed, until it lands itself", () => {
    expect(spansOf(runOf([90, { kind: "landed", landing: landing("order", 85) }]), 100)).toEqual([
      ["order", "ok", 5, 90],
      ["customer", "running", 90, 100],
      ["prices", "running", 0, 100],
      ["invoice", "waiting", 0, 0],
    ]);
  });

  it("calls off what still ran when it was stopped", () => {
    expect(spansOf(runOf([50, { kind: "stopped" }]), 50)[0]).toEqual(["order", "cancelled", 0, 50]);
  });

  it("claims nothing of what still ran when the connection broke", () => {
    const failure = { kind: "unreachable", target: "/api/things/1", reason: "reset" } as const;
    expect(spansOf(runOf([50, { kind: "failed", failure }]), 50)[0]).toEqual(["order", "unknown", 0, 50]);
  });

  it("shows a branch that the plan does not have", () => {
    const run = runOf([9, { kind: "landed", landing: landing("extra", 9, { notes: ["hit"] }) }]);
    expect(timelineOf(run, [], 10).spans).toEqual([
      { name: "extra", outcome: "ok", startMs: 0, endMs: 9, notes: ["hit"] },
    ]);
  });

  it("takes the Worker's word as soon as it has come", () => {
    const summary = SUMMARY[1];
    const run = runOf([210, { kind: "ended", summary: summary as never }]);
    expect(timelineOf(run, DEEP.branches, 210)).toBe(summary._timeline);
  });
});

/** All events of a response, and why it broke off, if it did. */
async function eventsOf(response: Response): Promise<{ events: RunEvent[]; error?: unknown }> {
  const events: RunEvent[] = [];
  try {
    for await (const event of readRun("/api/things/1", response)) events.push(event);
    return { events };
  } catch (error) {
    return { events, error };
  }
}

const stream = (chunks: readonly Uint8Array[]) =>
  new Response(ReadableStream.from(chunks), {
    headers: { "Content-Type": "text/event-stream; charset=utf-8", "X-Request-Id": "req-3" },
  });

describe("readRun", () => {
  const bytes = new TextEncoder().encode([...LANDINGS, SUMMARY].map(toEvent).join(""));

  it("tells what lands and how it ends, however the bytes are cut", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: bytes.length }), { maxLength: 8 }), async (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const chunks = at.slice(1).map((end, index) => bytes.slice(at[index], end));
        expect(await eventsOf(stream(chunks))).toEqual({
          events: [
            { kind: "opened", requestId: "req-3" },
            ...LANDINGS.map(([, one]) => ({ kind: "landed", landing: one })),
            { kind: "ended", summary: SUMMARY[1] },
          ],
        });
      }),
      { numRuns: 30 },
    );
  });

  it("takes no notice of events that it does not know", async () => {
    const text = ["progress", "summary"].map((kind) => toEvent([kind, { status: 200 }])).join("");
    const { events } = await eventsOf(stream([new TextEncoder().encode(text)]));
    expect(events.map(({ kind }) => kind)).toEqual(["opened", "ended"]);
  });

  it("says so when there is no summary", async () => {
    const { events, error } = await eventsOf(stream([bytes.slice(0, 120)]));
    expect(events.map(({ kind }) => kind)).toEqual(["opened", "landed"]);
    expect(error).toEqual(new Error("The answer ended before its summary"));
  });

  it("gives the problem when that is what came", async () => {
    const problem = { title: "There is nothing here", status: 404 };
    const response = Response.json(problem, { status: 404 });
    const { events } = await eventsOf(response);
    expect(events).toMatchObject([{ kind: "failed", failure: { kind: "refused", problem } }]);
  });
});

describe("createRunner", () => {
  /** A runner whose streams each test feeds itself. */
  function setUp() {
    const feeds = new Map<string, { signal: AbortSignal; give: (event: RunEvent) => void }>();
    const runner = createRunner(
      async function* feed(target, signal) {
        const queue: RunEvent[] = [];
        let wake = () => {};
        feeds.set(target, { signal, give: (event) => (queue.push(event), wake()) });
        for (;;) {
          for (const event of queue.splice(0)) yield event;
          await new Promise<void>((resolve) => (wake = resolve));
        }
      },
      () => 0,
    );
    const feedOf = (target: string) => feeds.get(target) ?? expect.fail(`Nothing runs ${target}`);
    return { runner, feedOf };
  }

  it("follows a run to its end", async () => {
    const { runner, feedOf } = setUp();
    expect(runner.get()).toBeUndefined();
    runner.start("/a");
    feedOf("/a").give({ kind: "opened", requestId: "req-1" });
    feedOf("/a").give({ kind: "landed", landing: landing("order", 1) });
    await vi.waitFor(() =>
      expect(runner.get()).toMatchObject({ requestId: "req-1", landed: [{ name: "order" }] }),
    );
  });

  it("leaves a run for the next one, and takes no notice of what comes of it", async () => {
    const { runner, feedOf } = setUp();
    runner.start("/a");
    runner.start("/b");
    expect(feedOf("/a").signal.aborted).toBe(true);
    feedOf("/a").give({ kind: "landed", landing: landing("order", 1) });
    await everythingElse();
    expect(runner.get()).toMatchObject({ target: "/b", landed: [] });
  });

  it("keeps what has landed when it is stopped, and nothing when it is cleared", () => {
    const { runner, feedOf } = setUp();
    runner.start("/a");
    runner.stop();
    expect(feedOf("/a").signal.aborted).toBe(true);
    expect(runner.get()).toMatchObject({ target: "/a", ending: { kind: "stopped" } });
    runner.clear();
    expect(runner.get()).toBeUndefined();
  });

  it("tells its subscribers of every change until they leave", () => {
    const { runner } = setUp();
    const listener = vi.fn<() => void>();
    const leave = runner.subscribe(listener);
    runner.start("/a");
    leave();
    runner.stop();
    expect(listener).toHaveBeenCalledTimes(1);
  });
});
