import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { openShards } from "../../src/task-shards.ts";
import { idMaker } from "../../src/tasks/id.ts";

const makeId = idMaker(
  () => Date.now(),
  () => Math.random(),
);

describe("TaskShard", () => {
  it("gives a task to one worker, refuses another's report, and keeps the result when it is evicted", async () => {
    const shard = openShards(env.TASK_SHARDS, {})(97);
    const id = makeId("task", 97);
    expect(await shard.enqueue([{ id, type: "t", payload: "{}" }])).toEqual([{ kind: "new", id }]);
    expect(await shard.claim("a", [id])).toMatchObject([{ id, attempt: 1, fence: 1, payload: "{}" }]);
    expect(await shard.claim("b", [id])).toEqual([]);
    const outcome = { kind: "succeeded", result: "1" } as const;
    expect(await shard.report([{ id, fence: 2, outcome }])).toEqual([id]);
    expect(await shard.report([{ id, fence: 1, outcome }])).toEqual([]);
    await evictDurableObject(env.TASK_SHARDS.getByName("97"));
    expect(await shard.look(id)).toMatchObject({ row: { state: "succeeded" }, result: "1" });
    expect(await shard.report([{ id, fence: 1, outcome }])).toEqual([id]);
  });
});
