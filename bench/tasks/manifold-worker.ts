import { env } from "cloudflare:workers";
import * as z from "zod";
import { openTasks } from "../../src/task-queue.ts";
import { task } from "../../src/tasks/define.ts";
import { planTasks } from "../../src/tasks/plan.ts";
import { enqueueMany, enqueueOne } from "../../src/tasks/service.ts";
import { SHARDS } from "../../src/tasks/shards.ts";
import { createExercise, type JobQueue } from "./exercise.ts";
import { createStopping, type StoppableQueue } from "./stopping.ts";

const exercise = createExercise();
const add = task("add", {
  payload: z.object({ n: z.int(), atMs: z.number() }),
  handle: async ({ payload }) => await Promise.resolve(exercise.run(payload)),
});
const stopping = createStopping();
const hang = task("hang", {
  payload: z.object({ n: z.int() }),
  handle: async ({ payload, signal }) => await stopping.run(payload.n, signal),
});
/** Is there only to be lost with the runtime: whoever runs it again ends it. */
const lost = task("lost", {
  payload: z.object({}),
  handle: async ({ attempt }) => await (attempt === 1 ? new Promise(() => undefined) : Promise.resolve()),
});
const tasks = planTasks([add, hang, lost], (fault) => {
  throw new Error(fault);
});
const { options, work } = openTasks(env, tasks, { variables: {}, allowLoopback: true });
const ids: string[] = [];

async function countOf(type: string, state: string): Promise<number> {
  const stats = await Promise.all(
    Array.from({ length: SHARDS }, async (_, shard) => await options.shardFor(shard).stats()),
  );
  return stats
    .flatMap(({ counts }) => counts)
    .filter((one) => one.type === type && one.state === state)
    .reduce((sum, { count }) => sum + count, 0);
}

async function enqueueAll(type: string, payloads: readonly object[]): Promise<readonly string[]> {
  const items = await enqueueMany(
    options,
    payloads.map((payload) => ({ type, payload })),
    "bench",
  );
  return items.map((item) => {
    if (!("id" in item)) throw new Error(`Status ${item.status}`);
    return item.id;
  });
}

const shardOf = (id: string) => options.shardFor(Number(id.slice(-1)));

/** The product's tasks, without its routes. */
const queue: JobQueue = {
  async add(jobs) {
    const [payload] = jobs;
    if (jobs.length === 1) {
      ids.push((await enqueueOne(options, { type: "add", payload }, "bench")).id);
      return;
    }
    ids.push(...(await enqueueAll("add", jobs)));
  },
  async ended() {
    return await countOf("add", "succeeded");
  },
  async results(count) {
    const looked = await Promise.all(ids.splice(-count).map(async (id) => await shardOf(id).look(id)));
    return looked.map((one) => Number(one?.result));
  },
};

const stoppable: StoppableQueue = {
  add: async (numbers) =>
    await enqueueAll(
      "hang",
      numbers.map((n) => ({ n })),
    ),
  cancel: async (id) => void (await shardOf(id).cancel(id)),
  state: async (id) => (await shardOf(id).look(id))?.row.state,
};

/** What is asked for: `/round`, `/stop`, and `/lose`; `/count?state=` tells of what was to be lost. */
async function answer(url: URL): Promise<unknown> {
  switch (url.pathname) {
    case "/stop":
      return await stopping.round(stoppable, url);
    case "/lose":
      return await enqueueAll(
        "lost",
        Array.from({ length: Number(url.searchParams.get("count")) }, () => ({})),
      );
    case "/count":
      return await countOf("lost", url.searchParams.get("state") ?? "");
    default:
      return await exercise.round(queue, url);
  }
}

export { TaskShard } from "../../durable-objects/task-shard.ts";
// oxlint-disable-next-line import/no-default-export -- the runtime asks for it
export default {
  fetch: async (request: Request) => Response.json(await answer(new URL(request.url))),
  queue: work,
} satisfies ExportedHandler;
