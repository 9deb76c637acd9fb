import type { TaskShard } from "../durable-objects/task-shard.ts";
import type { Policies, ShardStub } from "./tasks/stub.ts";

/** What a shard takes, as a promise: the platform's own type of it is too deep where values may contain themselves. */
interface ShardRpc extends Omit<ShardStub, "enqueue" | "claim"> {
  enqueue(policies: Policies, ...rest: Parameters<ShardStub["enqueue"]>): ReturnType<ShardStub["enqueue"]>;
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
      claim: async (worker, ids) => await stub.claim(policies, worker, ids),
      beat: async (beats, holdMs) => await stub.beat(beats, holdMs),
      report: async (reports) => await stub.report(reports),
      saveRecord: async (id, fence, record) => await stub.saveRecord(id, fence, record),
      cancel: async (id) => await stub.cancel(id),
      retry: async (id) => await stub.retry(id),
      look: async (id) => await stub.look(id),
    };
  };
}
