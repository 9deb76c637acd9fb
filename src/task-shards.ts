import type { TaskShard } from "../durable-objects/task-shard.ts";
import type { Policies, ShardStub } from "./tasks/stub.ts";

/** What a shard takes, as a promise: the platform's own type of it is too deep where values may contain themselves. */
interface ShardRpc extends Omit<ShardStub, "enqueue" | "enqueueGroup" | "claim"> {
  enqueue(policies: Policies, ...rest: Parameters<ShardStub["enqueue"]>): ReturnType<ShardStub["enqueue"]>;
  enqueueGroup(
    policies: Policies,
    ...rest: Parameters<ShardStub["enqueueGroup"]>
  ): ReturnType<ShardStub["enqueueGroup"]>;
  claim(policies: Policies, ...rest: Parameters<ShardStub["claim"]>): ReturnType<ShardStub["claim"]>;
}

/** Reaches the shards by number. */
export function openShards(
  objects: DurableObjectNamespace<TaskShard>,
  policies: Policies,
): (shard: number) => ShardStub {
  return (shard) => {
    const stub = objects.getByName(String(shard)) as unknown as ShardRpc; // its methods, each a promise
    return {
      enqueue: async (tasks) => await stub.enqueue(policies, tasks),
      enqueueGroup: async (group) => await stub.enqueueGroup(policies, group),
      claim: async (worker, ids) => await stub.claim(policies, worker, ids),
      beat: async (beats, holdMs) => await stub.beat(beats, holdMs),
      report: async (reports) => await stub.report(reports),
      saveRecord: async (id, fence, record) => await stub.saveRecord(id, fence, record),
      cancel: async (id) => await stub.cancel(id),
      retry: async (id) => await stub.retry(id),
      redrive: async (which) => await stub.redrive(which),
      setPaused: async (type, isPaused) => await stub.setPaused(type, isPaused),
      look: async (id) => await stub.look(id),
      watch: async (id, version, holdMs) => await stub.watch(id, version, holdMs),
      lookGroup: async (id) => await stub.lookGroup(id),
      list: async (query) => await stub.list(query),
      stats: async () => await stub.stats(),
    };
  };
}
