import { systemClock } from "#kernel";
import { logError } from "./http/log.ts";
import { openSpill } from "./task-spill.ts";
import { openShards } from "./task-shards.ts";
import { consume } from "./tasks/consumer.ts";
import type { TaskServices } from "./tasks/context.ts";
import { idMaker } from "./tasks/id.ts";
import type { PlannedTasks } from "./tasks/plan.ts";
import { SPILL, spillType } from "./tasks/spill.ts";
import { spilling } from "./tasks/spilling.ts";
import type { TaskOptions } from "./tasks/service.ts";

/** Runs a batch of the queue. */
type Work = (batch: MessageBatch, env: unknown, context: ExecutionContext) => Promise<void>;

const epochMs = () => Date.now();
const random = () => Math.random();

/** Opens the tasks: what the routes need of them, and what runs them. */
export function openTasks(
  { TASK_SHARDS, TASK_TEXTS }: Pick<Cloudflare.Env, "TASK_SHARDS" | "TASK_TEXTS">,
  tasks: PlannedTasks,
  world: Omit<TaskServices, "fetch">,
): { readonly options: TaskOptions; readonly work: Work } {
  const spill = openSpill(TASK_TEXTS);
  const openShard = openShards(TASK_SHARDS, tasks.policies);
  const shardFor = (shard: number) => spilling(openShard(shard), spill);
  const types = new Map([...tasks.types, [SPILL, spillType(spill)]]);
  const work: Work = async ({ messages }, _, context) =>
    await consume(messages, {
      tasks: { ...tasks, types },
      shardFor,
      clock: systemClock,
      worker: crypto.randomUUID().slice(0, 8),
      report: (event, error) => logError(event, {}, error),
      services: { ...world, fetch: async (url, init) => await fetch(url, init) },
      // Deployed, there is one consumer for each batch; on this machine one for all, and a slow task would hold it.
      hold: world.allowLoopback ? (running) => context.waitUntil(running) : undefined,
    });
  return { options: { tasks, shardFor, makeId: idMaker(epochMs, random), epochMs, random }, work };
}

/** Leaves a batch for later. */
export const retryLater: Work = async (batch) => await Promise.resolve(batch.retryAll({ delaySeconds: 5 }));
