import type { Clock } from "#kernel";
import { consume, type ConsumerPorts } from "../../src/tasks/consumer.ts";
import type { TaskServices } from "../../src/tasks/context.ts";
import { DEFAULT_POLICY, type TaskType } from "../../src/tasks/define.ts";
import { idMaker } from "../../src/tasks/id.ts";
import { createLedger } from "../../src/tasks/ledger.ts";
import { planTasks } from "../../src/tasks/plan.ts";
import type { TaskOptions } from "../../src/tasks/options.ts";
import { DEFAULT_SETTINGS } from "../../src/tasks/settings.ts";
import { createShard } from "../../src/tasks/shard.ts";
import type { ShardStub } from "../../src/tasks/stub.ts";
import { memoryTasks } from "./memory-tasks.ts";

const SERVICES: TaskServices = {
  fetch: async () => await Promise.resolve(new Response()),
  variables: {},
  allowLoopback: false,
};

/** The real ledgers over rows in memory, and a queue that is a list. Nothing happens by itself. */
export function fakeShards(types: readonly TaskType[], clock: Clock) {
  const tasks = planTasks(types, (fault) => {
    throw new Error(fault);
  });
  const now = () => Math.floor(clock.now());
  const failing = new Set<number>();
  const reported: string[] = [];
  let spins = 0;
  // Neither the same number each time nor another one each run.
  const random = () => (spins++ % 8) / 8;

  const shards = [0, 1, 2, 3].map(() => {
    const store = memoryTasks();
    const shard = createShard({
      store,
      settings: DEFAULT_SETTINGS,
      policies: {},
      savePolicies: () => undefined,
      epochMs: now,
      clock,
      random,
      // Here, it is `publish` that looks what is to be sent.
      send: async () => await new Promise(() => undefined),
      hasFrailQueue: false,
      setAlarm: () => undefined,
      defer: () => undefined,
      report: (event) => void reported.push(event),
    });
    const policyOf = (type: string) => tasks.policies[type] ?? DEFAULT_POLICY;
    const ledger = createLedger({
      store,
      settings: DEFAULT_SETTINGS,
      policyOf,
      random,
      noteChange: () => undefined,
    });
    return { shard, ledger };
  });

  const stubOf = ({ shard }: (typeof shards)[number], number: number): ShardStub => {
    const { policies } = tasks;
    const call = async <T>(act: () => T): Promise<Awaited<T>> => {
      await Promise.resolve();
      if (failing.has(number)) throw new Error("The shard is away");
      return await act();
    };
    return {
      enqueue: async (wanted) => await call(() => shard.enqueue(policies, wanted)),
      enqueueGroup: async (group) => await call(() => shard.enqueueGroup(policies, group)),
      claim: async (worker, ids) => await call(() => shard.claim(policies, worker, ids)),
      beat: async (beats, holdMs) => await call(() => shard.beat(beats, holdMs)),
      report: async (reports) => await call(() => shard.report(reports)),
      saveRecord: async (id, fence, record) => await call(() => shard.saveRecord(id, fence, record)),
      cancel: async (id) => await call(() => shard.cancel(id)),
      retry: async (id) => await call(() => shard.retry(id)),
      redrive: async (which) => await call(() => shard.redrive(which)),
      setPaused: async (type, isPaused) => await call(() => shard.setPaused(type, isPaused)),
      look: async (id) => await call(() => shard.look(id)),
      watch: async (id, version, holdMs) => await call(() => shard.watch(id, version, holdMs)),
      lookGroup: async (id) => await call(() => shard.lookGroup(id)),
      list: async (query) => await call(() => shard.list(query)),
      stats: async () => await call(() => shard.stats()),
    };
  };

  const stubs = shards.map(stubOf);
  const shardFor = (shard: number): ShardStub => {
    const stub = stubs[shard];
    if (stub === undefined) throw new Error(`Expected a shard below ${stubs.length}, got ${shard}`);
    return stub;
  };

  /** Does what is due, and takes the messages that are to be sent. */
  const publish = () =>
    shards.flatMap(({ shard, ledger }) => {
      void shard.alarm();
      const ids = ledger.outbox(now(), 1_000).map(({ id }) => id);
      ledger.published(ids, { readMs: now(), nowMs: now() });
      return ids;
    });
  /** Runs what is published by now, as one batch. @returns How many messages there were. */
  const work = async (ports: Partial<ConsumerPorts> = {}) => {
    const ids = publish();
    const report = (event: string) => void reported.push(event);
    const messages = ids.map((body) => ({ body, ack: () => undefined, retry: () => undefined }));
    await consume(messages, { tasks, shardFor, services: SERVICES, clock, worker: "w", report, ...ports });
    return ids.length;
  };
  // The library takes 0 for no time at all.
  const makeId = idMaker(() => Math.max(1, now()), random);
  const options: TaskOptions = {
    tasks,
    shardFor,
    makeId,
    epochMs: now,
    random,
    report: (event) => void reported.push(event),
  };
  return { options, shardFor, failing, reported, publish, work };
}
