import { DurableObject } from "cloudflare:workers";
import { systemClock } from "#kernel";
import { logError } from "../src/http/log.ts";
import { DEFAULT_SETTINGS } from "../src/tasks/settings.ts";
import { createShard, type Shard } from "../src/tasks/shard.ts";
import type { Policies } from "../src/tasks/stub.ts";
import { openSqliteTasks } from "./sqlite-tasks.ts";

type Args<M extends keyof Shard> = Parameters<Shard[M]>;

/** One shard of the tasks: rows, messages and an alarm for `createShard`, which decides. */
export class TaskShard extends DurableObject {
  readonly #shard: Shard;

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    const { storage } = ctx;
    this.#shard = createShard({
      store: openSqliteTasks(storage),
      settings: { ...DEFAULT_SETTINGS, ...leaseOf(env) },
      policies: storage.kv.get<Policies>("policies") ?? {},
      savePolicies: (policies) => storage.kv.put("policies", policies),
      epochMs: () => Date.now(),
      clock: systemClock,
      random: () => Math.random(),
      send: async (ids) =>
        void (await env.TASK_QUEUE.sendBatch(ids.map((id) => ({ body: id, contentType: "text" })))),
      // The queue of this machine is in memory, and was lost with it.
      hasFrailQueue: env.ALLOW_LOOPBACK === "1",
      setAlarm: (atMs) => void storage.setAlarm(atMs),
      defer: (work) => ctx.waitUntil(work),
      report: (event, error) => logError(event, { shard: ctx.id.name }, error),
    });
  }

  enqueue(...args: Args<"enqueue">) {
    return this.#shard.enqueue(...args);
  }

  enqueueGroup(...args: Args<"enqueueGroup">) {
    return this.#shard.enqueueGroup(...args);
  }

  claim(...args: Args<"claim">) {
    return this.#shard.claim(...args);
  }

  beat(...args: Args<"beat">) {
    return this.#shard.beat(...args);
  }

  report(...args: Args<"report">) {
    return this.#shard.report(...args);
  }

  saveRecord(...args: Args<"saveRecord">) {
    return this.#shard.saveRecord(...args);
  }

  cancel(...args: Args<"cancel">) {
    return this.#shard.cancel(...args);
  }

  retry(...args: Args<"retry">) {
    return this.#shard.retry(...args);
  }

  redrive(...args: Args<"redrive">) {
    return this.#shard.redrive(...args);
  }

  setPaused(...args: Args<"setPaused">) {
    return this.#shard.setPaused(...args);
  }

  look(...args: Args<"look">) {
    return this.#shard.look(...args);
  }

  watch(...args: Args<"watch">) {
    return this.#shard.watch(...args);
  }

  lookGroup(...args: Args<"lookGroup">) {
    return this.#shard.lookGroup(...args);
  }

  list(...args: Args<"list">) {
    return this.#shard.list(...args);
  }

  stats() {
    return this.#shard.stats();
  }

  override async alarm(): Promise<void> {
    await this.#shard.alarm();
  }
}

function leaseOf({ TASK_LEASE_MS }: Cloudflare.Env): { leaseMs?: number } {
  const leaseMs = Number(TASK_LEASE_MS);
  return leaseMs > 0 ? { leaseMs } : {};
}
