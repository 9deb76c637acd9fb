import { env } from "cloudflare:workers";
import * as z from "zod";
import { openTasks } from "../../src/task-queue.ts";
import { task } from "../../src/tasks/define.ts";
import { planTasks } from "../../src/tasks/plan.ts";
import { enqueueMany, enqueueOne } from "../../src/tasks/service.ts";
import { SHARDS } from "../../src/tasks/shards.ts";
import { createExercise, type JobQueue } from "./exercise.ts";

const exercise = createExercise();
const add = task("add", {
  payload: z.object({ n: z.int(), atMs: z.number() }),
  handle: async ({ payload }) => await Promise.resolve(exercise.run(payload)),
});
const tasks = planTasks([add], (fault) => {
  throw new Error(fault);
});
const { options, work } = openTasks(env, tasks, { variables: {}, allowLoopback: true });
const ids: string[] = [];

/** The product's tasks, without its routes. */
const queue: JobQueue = {
  async add(jobs) {
    const bodies = jobs.map((payload) => ({ type: "add", payload }));
    const [only] = bodies;
    if (bodies.length === 1 && only !== undefined) {
      ids.push((await enqueueOne(options, only, "bench")).id);
      return;
    }
    for (const item of await enqueueMany(options, bodies, "bench")) {
      if (!("id" in item)) throw new Error(`Status ${item.status}`);
      ids.push(item.id);
    }
  },
  async ended() {
    const stats = await Promise.all(
      Array.from({ length: SHARDS }, async (_, shard) => await options.shardFor(shard).stats()),
    );
    return stats
      .flatMap(({ counts }) => counts)
      .filter(({ state }) => state === "succeeded")
      .reduce((sum, { count }) => sum + count, 0);
  },
  async results(count) {
    const looked = await Promise.all(
      ids.splice(-count).map(async (id) => await options.shardFor(Number(id.slice(-1))).look(id)),
    );
    return looked.map((one) => Number(one?.result));
  },
};

export { TaskShard } from "../../durable-objects/task-shard.ts";
// oxlint-disable-next-line import/no-default-export -- the runtime asks for it
export default {
  fetch: async (request: Request) => Response.json(await exercise.round(queue, new URL(request.url))),
  queue: work,
} satisfies ExportedHandler;
