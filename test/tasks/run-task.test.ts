import { describe, expect, it } from "vitest";
import * as z from "zod";
import { VirtualClock } from "#kernel";
import { NotRetryableError, RetryAfterError, task, type TaskType } from "../../src/tasks/define.ts";
import { fakeShards } from "./fake-shards.ts";

const forever = async () => await new Promise<never>(() => undefined);
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
  it.each<[string, TaskType["handle"], { state: string; error: { code: string; message?: string } }]>([
    [
      "throws text",
      async () => await Promise.reject("no" as never),
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
});

describe("runTask", () => {
  it("takes `undefined` for no result", async () => {
    expect(await endOf(async () => await Promise.resolve(undefined))).toMatchObject({
      state: "succeeded",
      result: undefined,
    });
  });
});
