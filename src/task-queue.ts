import { sleep, systemClock } from "#kernel";
import { logError } from "./http/log.ts";
import { openSpill } from "./task-spill.ts";
import { openShards } from "./task-shards.ts";
import { consume } from "./tasks/consumer.ts";
import type { TaskServices } from "./tasks/context.ts";
import { idMaker } from "./tasks/id.ts";
import type { PlannedTasks } from "./tasks/plan.ts";
import { SPILL, spillType } from "./tasks/spill.ts";
import { spilling } from "./tasks/spilling.ts";
import type { TaskOptions } from "./tasks/options.ts";

/** Runs a batch of the queue. */
type Work = (batch: MessageBatch, env: unknown, context: ExecutionContext) => Promise<void>;

/** So many tasks of this machine run at once, more or less a batch; the others wait in the queue. */
const MOST_HELD = 1_000;
const HELD_MS = 20;

const epochMs = () => Date.now();
const random = () => Math.random();
const report = (event: string, error: unknown, about: Readonly<Record<string, unknown>> = {}) =>
  logError(event, about, error);

/** Opens the tasks: what the routes need of them, and what runs them. */
export function openTasks(
  { TASK_SHARDS, TASK_TEXTS }: Pick<Cloudflare.Env, "TASK_SHARDS" | "TASK_TEXTS">,
  tasks: PlannedTasks,
  world: Omit<TaskServices, "fetch">,
): { readonly options: TaskOptions; readonly work: Work } {
  /** Tasks that are held, of all batches. */
  let held = 0;
  const holdFor = (context: ExecutionContext) => async (running: Promise<void>, count: number) => {
    held += count;
    context.waitUntil(running.finally(() => void (held -= count)));
    // A number, and no promise of another batch: those do not wake who waits here.
    while (held >= MOST_HELD) await sleep(HELD_MS);
  };
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
      report,
      services: { ...world, fetch: async (url, init) => await fetch(url, init) },
      // Deployed, there is one consumer for each batch; on this machine one for all, and a slow task would hold it.
      hold: world.allowLoopback ? holdFor(context) : undefined,
    });
  return { options: { tasks, shardFor, makeId: idMaker(epochMs, random), epochMs, random, report }, work };
}

/** Leaves a batch for later. */
export const retryLater: Work = async (batch) => await Promise.resolve(batch.retryAll({ delaySeconds: 5 }));
