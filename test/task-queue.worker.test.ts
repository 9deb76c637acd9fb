import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import worker from "../src/index.ts";
import { openShards } from "../src/task-shards.ts";
import { idMaker } from "../src/tasks/id.ts";

const makeId = idMaker(
  () => Date.now(),
  () => Math.random(),
);

describe("the queue", () => {
  it.each(["tasks", "tasks-dead"])("`%s` wakes who runs tasks, and is acknowledged", async (name) => {
    const shard = openShards(env.TASK_SHARDS, {})(2);
    // Held, so that no message of the shard's own wakes it.
    await shard.setPaused("none", true);
    const id = makeId("task", 2);
    await shard.enqueue([{ id, type: "none", payload: "{}" }]);
    const message = { id: "1", timestamp: new Date(0), attempts: 11, body: id };
    const batch = createMessageBatch(name, [message, { ...message, id: "2", body: "nothing" }]);
    const context = createExecutionContext();
    await worker.queue(batch, env, context);
    const { explicitAcks } = await getQueueResult(batch, context);
    expect(explicitAcks.toSorted()).toEqual(["1", "2"]);
    expect((await shard.look(id))?.row).toMatchObject({ state: "queued", wakeMs: Infinity });
  });
});
