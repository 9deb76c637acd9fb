import type { Parts } from "./http/readiness.ts";
import type { CompletePolicy } from "./limits/policy.ts";
import { openShards } from "./task-shards.ts";
import { SHARDS } from "./tasks/shards.ts";

/** Bindings that can be asked for something without anything being written. */
type Bindings = Pick<
  Cloudflare.Env,
  "RATE_LIMITERS" | "CHAT_ROOMS" | "CRAWLS" | "TASK_SHARDS" | "FILES" | "ARCHIVES" | "TASK_TEXTS"
>;

/** What no room, crawl or key of a limit is called. */
const NAME = "#ready";

const ANY_POLICY: CompletePolicy = {
  name: "ready",
  capacity: 1,
  refill: { tokens: 1, perMs: 1 },
  maxWaitMs: 0,
  maxWaiters: 0,
  onFailure: "closed",
};

/** One object of each class that keeps something, all shards of the tasks, and the buckets. */
export function openParts(env: Bindings): Parts {
  const shardFor = openShards(env.TASK_SHARDS, {});
  const shards = Array.from({ length: SHARDS }, (_, shard) => {
    return [`tasks-${shard}`, async () => await shardFor(shard).stats()] as const;
  });
  return {
    ...Object.fromEntries(shards),
    limits: async () => await env.RATE_LIMITERS.getByName(NAME).look([ANY_POLICY]),
    rooms: async () => await env.CHAT_ROOMS.getByName(NAME).members(),
    crawls: async () => void (await env.CRAWLS.getByName(NAME).look()),
    files: async () => await env.FILES.head(NAME),
    archives: async () => await env.ARCHIVES.head(NAME),
    "task-texts": async () => await env.TASK_TEXTS.head(NAME),
  };
}
