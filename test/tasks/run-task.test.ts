import { describe, expect, it } from "vitest";
import * as z from "zod";
import { VirtualClock } from "#kernel";
import type { TaskContext } from "../../src/tasks/context.ts";
import { NotRetryableError, RetryAfterError, task, type TaskType } from "../../src/tasks/define.ts";
import { fakeShards } from "./fake-shards.ts";

const forever = async () => await new Promise<never>(() => undefined);
const broken = () => {
  throw new Error("broken");
};
const circle: Record<string, unknown> = {};
circle["self"] = circle;

async function endOf(handle: TaskType["handle"], options: Partial<TaskType> = {}) {
  const clock = new VirtualClock();
  const type = task("odd", { payload: z.unknown(), attempts: 1, timeoutMs: 1_000, ...options, handle });
  const { shardFor, options: ids, work } = fakeShards([type], clock);
  const id = ids.makeId("task", 0);
  await shardFor(0).enqueue([{ id, type: "odd", payload: "null" }]);
  await clock.run(work());
  const looked = await shardFor(0).look(id);
  return { ...looked?.row, result: looked?.result, tookMs: clock.now() };
}

describe("a handler that misbehaves", () => {
  it.each<[string, TaskType["handle"], { state: string; error?: { code: string; message?: string } }]>([
    [
      "throws text",
      async () => await Promise.reject("no"),
      { state: "dead", error: { code: "threw", message: "no" } },
    ],
    [
      "throws what has no words",
      async () => await Promise.reject(Object.create(null) as never),
      { state: "dead", error: { code: "threw", message: "Something that has no words" } },
    ],
    [
      "throws at once",
      () => {
        throw new Error("now");
      },
      { state: "dead", error: { code: "threw", message: "now" } },
    ],
    [
      "throws for good",
      async () => await Promise.reject(new NotRetryableError("never")),
      { state: "failed", error: { code: "threw", message: "never" } },
    ],
    [
      "throws an error whose message is no text",
      async () => await Promise.reject(Object.assign(new Error(), { message: { code: 7 } })),
      { state: "dead", error: { code: "threw", message: "[object Object]" } },
    ],
    [
      "leaves a listener behind that throws",
      async ({ signal }) => await Promise.resolve(signal.addEventListener("abort", broken)),
      { state: "succeeded" },
    ],
    [
      "never returns, and throws when it is told to stop",
      async ({ signal }) => {
        signal.addEventListener("abort", broken);
        return await forever();
      },
      { state: "dead", error: { code: "timeout" } },
    ],
    ["never returns, and ignores its signal", forever, { state: "dead", error: { code: "timeout" } }],
    [
      "returns a circle",
      async () => await Promise.resolve(circle),
      { state: "failed", error: { code: "unserialisable" } },
    ],
    [
      "returns a bigint",
      async () => await Promise.resolve(1n),
      { state: "failed", error: { code: "unserialisable" } },
    ],
    [
      "returns a function",
      async () => await Promise.resolve(forever),
      { state: "failed", error: { code: "unserialisable" } },
    ],
    [
      "returns 10 MB",
      async () => await Promise.resolve("x".repeat(10_000_000)),
      { state: "failed", error: { code: "too-large" } },
    ],
  ])("that %s has an end with a reason", async (_, handle, end) => {
    expect(await endOf(handle)).toMatchObject(end);
  });

  it("is left to itself a while after its time is over", async () => {
    expect(await endOf(forever)).toMatchObject({ tookMs: 3_000 });
  });

  it("is tried again when the other side wants it, and not before", async () => {
    const handle = async () => await Promise.reject(new RetryAfterError("later", 90_000));
    expect(await endOf(handle, { attempts: 2 })).toMatchObject({ state: "scheduled", dueMs: 90_000 });
  });

  it.each([
    [Number.NaN, 1_000],
    [-5_000, 0],
    [Infinity, 366 * 86_400_000],
    [8.64e15, 366 * 86_400_000],
  ])("wakes again when the other side is said to want it in %d ms", async (retryAfterMs, latestMs) => {
    const handle = async () => await Promise.reject(new RetryAfterError("later", retryAfterMs));
    const { dueMs = Number.NaN, wakeMs } = await endOf(handle, { attempts: 2 });
    expect(dueMs).toBeLessThanOrEqual(latestMs);
    expect(wakeMs).toBe(dueMs);
  });
});

describe("runTask", () => {
  it("ends a task whose schema throws, and goes on", async () => {
    const payload = z.unknown().refine(broken);
    expect(await endOf(async () => await Promise.resolve("done"), { payload })).toMatchObject({
      state: "dead",
      error: { code: "threw", message: "broken" },
    });
  });

  it.each([
    [Number.NaN, undefined, { fraction: 0 }],
    [2, "almost", { fraction: 1, note: "almost" }],
    [-1, Symbol("step") as never, { fraction: 0, note: "Symbol(step)" }],
    [0.5, "x".repeat(501), { fraction: 0.5, note: "x".repeat(500) }],
  ])("shows how far a handler says it is, whatever it says: %d", async (fraction, note, shown) => {
    const { progress } = await endOf(
      async (context) => {
        context.progress(fraction, note);
        return await forever();
      },
      { timeoutMs: 15_000 },
    );
    expect(progress).toEqual({ note: undefined, ...shown });
  });

  it("keeps a record that is small, and refuses another", async () => {
    const save = (length: number) => async (context: TaskContext<unknown>) =>
      await context.record.save("x".repeat(length));
    expect(await endOf(save(16_382))).toMatchObject({ state: "succeeded", record: "x".repeat(16_382) });
    expect(await endOf(save(16_383))).toMatchObject({
      state: "dead",
      error: { message: "Expected a record of at most 16384 characters of JSON, got 16385" },
    });
  });

  it("takes `undefined` for no result", async () => {
    expect(await endOf(async () => await Promise.resolve(undefined))).toMatchObject({
      state: "succeeded",
      result: undefined,
    });
  });
});
