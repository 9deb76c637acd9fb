import type { Clock } from "#kernel";
import { consume, type ConsumerPorts } from "../../src/tasks/consumer.ts";
import type { TaskServices } from "../../src/tasks/context.ts";
import { DEFAULT_POLICY, type TaskType } from "../../src/tasks/define.ts";
import { idMaker } from "../../src/tasks/id.ts";
import { createLedger } from "../../src/tasks/ledger.ts";
import { planTasks } from "../../src/tasks/plan.ts";
import type { TaskOptions } from "../../src/tasks/service.ts";
import { DEFAULT_SETTINGS } from "../../src/tasks/settings.ts";
import type { Looked, ShardStub } from "../../src/tasks/stub.ts";
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
    const policyOf = (type: string) => tasks.policies[type] ?? DEFAULT_POLICY;
    const changes: (() => void)[] = [];
    const noteChange = () => changes.splice(0).forEach((wake) => wake());
    const ledger = createLedger({ store, settings: DEFAULT_SETTINGS, policyOf, random, noteChange });
    const changed = async () => await new Promise<void>((resolve) => changes.push(resolve));
    return { store, ledger, changed };
  });

  const stubOf = ({ store, ledger, changed }: (typeof shards)[number], shard: number): ShardStub => {
    const call = async <T>(act: () => T): Promise<T> => {
      await Promise.resolve();
      if (failing.has(shard)) throw new Error("The shard is away");
      return act();
    };
    const look = (id: string): Looked | undefined => {
      const row = store.row(id);
      return row && { row, payload: store.text(id, "payload"), result: store.text(id, "result") };
    };
    /** For as long as it may, or until something changes. */
    const hold = async (holdMs: number) => {
      let stop = () => undefined as void;
      const over = new Promise<void>((resolve) => (stop = clock.setTimer(resolve, holdMs)));
      await Promise.race([changed(), over]);
      stop();
    };
    return {
      enqueue: async (wanted) => await call(() => ledger.enqueue(wanted, now())),
      enqueueGroup: async (group) => await call(() => ledger.enqueueGroup(group, now())),
      claim: async (worker, ids) => await call(() => ledger.claim(worker, ids, now())),
      async beat(beats, holdMs) {
        const answer = await call(() => ledger.beat(beats, now()));
        if (answer.cancel.length + answer.lost.length > 0) return answer;
        await hold(holdMs);
        return await call(() => ledger.beat(beats, now()));
      },
      report: async (reports) => await call(() => ledger.report(reports, now())),
      saveRecord: async (id, fence, record) => await call(() => ledger.saveRecord({ id, fence }, record)),
      cancel: async (id) => await call(() => ledger.cancel(id, now())),
      retry: async (id) => await call(() => ledger.retry(id, now())),
      redrive: async (which) => await call(() => ledger.redrive(which, now())),
      setPaused: async (type, isPaused) => await call(() => ledger.setPaused(type, isPaused, now())),
      look: async (id) => await call(() => look(id)),
      async watch(id, version, holdMs) {
        const looked = await call(() => look(id));
        if (looked === undefined || looked.row.version > version) return looked;
        await hold(holdMs);
        return look(id);
      },
      lookGroup: async (id) =>
        await call(() => {
          const group = store.group(id);
          return group && { group, counts: store.groupCounts(id), why: ledger.why(id, 100) };
        }),
      list: async (query) => await call(() => store.list(query)),
      stats: async () => await call(() => ({ counts: store.counts(), paused: store.paused() })),
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
    shards.flatMap(({ ledger }) => {
      ledger.tick(now());
      const ids = ledger.outbox(now(), 1_000).map(({ id }) => id);
      ledger.published(ids, now());
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
  const options: TaskOptions = { tasks, shardFor, makeId: idMaker(now, random), epochMs: now, random };
  return { options, shardFor, failing, reported, publish, work };
}
