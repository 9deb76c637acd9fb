import type { Shard } from "../../../src/tasks/shard.ts";
import type { Policies, ShardStub } from "../../../src/tasks/stub.ts";
import type { World } from "../world.ts";
import type { Settled, ShardHost } from "./shard-host.ts";

/** Calls a shard: it may be late, never arrive, or be answered in vain. */
export type Call = <T>(act: (shard: Shard) => T | Promise<T>) => Promise<T>;

/** @param isCut Whether nothing gets through. */
export function createNetwork(world: World, shard: ShardHost) {
  const { dice } = world;
  let badness = dice.pick([0, 60, 12]);
  const isBad = () => badness > 0 && dice.oneIn(badness);
  const lateMs = () => (isBad() ? dice.pick([50, 800, 8_000]) : dice.between(0, 4));

  const connect = (isCut: () => boolean = () => false): Call => {
    return async <T>(act: (shard: Shard) => T | Promise<T>) =>
      await new Promise<T>((resolve, reject) => {
        const hear = (settled: Settled<T>) =>
          world.after(lateMs(), () => {
            if ("value" in settled) resolve(settled.value);
            else reject(settled.error);
          });
        const lose = () => hear({ error: new Error("Network connection lost.") });
        world.after(lateMs(), () => {
          if (!shard.isUp || isCut() || isBad()) return void lose();
          shard.call<T>(act, (settled) => {
            if (!isCut() && !isBad()) return void hear(settled);
            world.saw("an answer that was lost");
            lose();
          });
        });
      });
  };
  return { connect, mend: () => void (badness = 0) };
}

/** A shard as a worker sees it. */
export function stubOver(call: Call, policies: Policies): ShardStub {
  return {
    enqueue: async (tasks) => await call((shard) => shard.enqueue(policies, tasks)),
    enqueueGroup: async (group) => await call((shard) => shard.enqueueGroup(policies, group)),
    claim: async (worker, ids) => await call((shard) => shard.claim(policies, worker, ids)),
    beat: async (beats, holdMs) => await call((shard) => shard.beat(beats, holdMs)),
    report: async (reports) => await call((shard) => shard.report(reports)),
    saveRecord: async (id, fence, record) => await call((shard) => shard.saveRecord(id, fence, record)),
    cancel: async (id) => await call((shard) => shard.cancel(id)),
    retry: async (id) => await call((shard) => shard.retry(id)),
    redrive: async (which) => await call((shard) => shard.redrive(which)),
    setPaused: async (type, isPaused) => await call((shard) => shard.setPaused(type, isPaused)),
    look: async (id) => await call((shard) => shard.look(id)),
    watch: async (id, version, holdMs) => await call((shard) => shard.watch(id, version, holdMs)),
    lookGroup: async (id) => await call((shard) => shard.lookGroup(id)),
    list: async (query) => await call((shard) => shard.list(query)),
    stats: async () => await call((shard) => shard.stats()),
  };
}
