import type { Clock } from "#kernel";
import { createPublisher } from "../work/outbox.ts";
import type { Claimed } from "./claim.ts";
import type { Cancelled, Retried } from "./control.ts";
import { DEFAULT_POLICY } from "./define.ts";
import type { Enqueue, Enqueued, EnqueueGroup } from "./enqueue.ts";
import type { JsonValue } from "./json.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { isEnded, NEVER, type TaskRow } from "./row.ts";
import type { LedgerSettings } from "./settings.ts";
import { type Beat, type BeatAnswer, type Report, shouldHear } from "./settle.ts";
import type { Looked, LookedGroup, Policies, ShardStats } from "./stub.ts";
import type { ListQuery, TaskStore } from "./store.ts";
import { createWatch } from "../work/watchers.ts";

/** Where a shard lives. */
export interface ShardPorts {
  readonly store: TaskStore;
  readonly settings: LedgerSettings;
  /** What was saved last. */
  readonly policies: Policies;
  savePolicies(this: void, policies: Policies): void;
  /** Milliseconds since 1970. */
  readonly epochMs: () => number;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Sends wake-ups with one `sendBatch`, once all that was written before is durable. */
  send(this: void, ids: readonly string[]): Promise<void>;
  /** Whether messages are lost whenever a shard is opened, for the queue is in the memory of the same machine. */
  readonly hasFrailQueue: boolean;
  /** Calls `alarm` at a time: durable together with what was written before, and again unless it settles. */
  setAlarm(this: void, atMs: number): void;
  /** Goes on with something after the answer. */
  defer(this: void, work: Promise<void>): void;
  report(this: void, event: string, error: unknown): void;
}

/** What is published at once has an alarm so much later, in case that this life of the shard ends first. */
const SPARE_MS = 1_000;
/** When to look again after an alarm that failed. */
const AGAIN_MS = 5_000;
/** So many messages of a shard are in the queue at most: a flood waits on disk, not in a queue's memory. */
const MOST_PUBLISHED = 2_000;
const FULL_MS = 1_000;
/** What a group waits for is said of so many of its tasks. */
const MOST_REASONS = 100;

/** A shard of the tasks: the ledger, with what makes it act when something is due. */
export type Shard = ReturnType<typeof createShard>;

/** Opens a shard over its rows. What it answers may be told once all that was written is durable. */
export function createShard(ports: ShardPorts) {
  const { store, epochMs } = ports;
  let { policies } = ports;
  let policiesText = JSON.stringify(policies);
  /** The alarm that is set, as far as this life of the shard knows. */
  let alarmMs = Infinity;
  /** When the outbox was read that is being sent. */
  let readMs = 0;
  /** There are messages enough; each call looks again, and the alarm then. */
  let fullUntilMs = 0;
  const watch = createWatch<TaskRow | undefined>(ports.clock);
  const ledger = createLedger({
    store,
    settings: ports.settings,
    // What a Worker of another version does not say is as by default.
    policyOf: (type) => ({ ...DEFAULT_POLICY, ...policies[type] }),
    random: ports.random,
    noteChange: (id, row) => watch.note(id, row),
  });
  const publisher = createPublisher<TaskRow>(
    {
      waiting(most) {
        readMs = epochMs();
        const rows = ledger.outbox(readMs, most);
        const isFull = rows.length > 0 && store.published(readMs, MOST_PUBLISHED) === MOST_PUBLISHED;
        fullUntilMs = isFull ? readMs + FULL_MS : 0;
        return isFull ? [] : rows;
      },
      sizeBytes: ({ id }) => id.length,
      send: async (rows) => await ports.send(rows.map(({ id }) => id)),
      sent: (rows) =>
        ledger.published(
          rows.map(({ id }) => id),
          { readMs, nowMs: epochMs() },
        ),
      refused: (error) => ports.report("task-publish-refused", error),
    },
    { now: epochMs, random: ports.random },
  );

  const keep = (given: Policies) => {
    const text = JSON.stringify(given);
    if (text === policiesText) return;
    policies = given;
    policiesText = text;
    ports.savePolicies(given);
  };

  /** @returns Whether there is something to be published now. */
  const arm = () => {
    const { outboxMs, timerMs } = store.nextWakes();
    const nowMs = epochMs();
    const publishMs = Math.max(outboxMs, publisher.readyMs(), fullUntilMs);
    const isDue = publishMs <= nowMs;
    // Published by hand: the alarm that is stored with a row is for a crash before that. And while nothing can be sent,
    // leases run out all the same.
    const dueMs = Math.max(Math.min(isDue ? nowMs + SPARE_MS : publishMs, timerMs), nowMs);
    if (dueMs !== NEVER && (dueMs < alarmMs || alarmMs <= nowMs)) {
      alarmMs = dueMs;
      ports.setAlarm(dueMs);
    }
    return isDue;
  };

  const publish = async () => {
    await publisher.publish();
    arm();
  };

  const turn = <T>(act: (of: Ledger, nowMs: number) => T): T => {
    const answer = act(ledger, epochMs());
    if (arm() && !publisher.isRunning()) ports.defer(publish());
    return answer;
  };

  const look = (id: string): Looked | undefined => {
    const row = store.row(id);
    if (row === undefined) return undefined;
    return { row, payload: store.text(id, "payload"), result: store.text(id, "result") };
  };

  // An alarm that failed again and again is not called any more; and messages may be lost.
  turn((of, now) => {
    if (ports.hasFrailQueue) of.publishAgain(now);
  });

  return {
    look,

    enqueue(given: Policies, tasks: readonly Enqueue[]): readonly Enqueued[] {
      keep(given);
      return turn((of, now) => of.enqueue(tasks, now));
    },

    enqueueGroup(given: Policies, group: EnqueueGroup): Enqueued {
      keep(given);
      return turn((of, now) => of.enqueueGroup(group, now));
    },

    claim(given: Policies, worker: string, ids: readonly string[]): readonly Claimed[] {
      keep(given);
      return turn((of, now) => of.claim(worker, ids, now));
    },

    async beat(beats: readonly Beat[], holdMs: number): Promise<BeatAnswer> {
      const answer = turn((of, now) => of.beat(beats, now));
      if (answer.cancel.length + answer.lost.length > 0 || holdMs === 0) return answer;
      const beatOf = new Map(beats.map((beat) => [beat.id, beat]));
      const ended = new Set<string>();
      // Not whenever one ends: that would be a sign of life of all others, each time.
      await watch.next([...beatOf.keys()], holdMs, (row, id) => {
        if (row?.state !== "running") ended.add(id);
        const beat = beatOf.get(id);
        return ended.size === beatOf.size || (beat !== undefined && shouldHear(beat, row));
      });
      // Whoever waited may be gone by now: leases run from when it was last heard of.
      return ledger.hear(beats);
    },

    report: (reports: readonly Report[]): readonly string[] => turn((of, now) => of.report(reports, now)),

    saveRecord: (id: string, fence: number, record: JsonValue | undefined): boolean =>
      ledger.saveRecord({ id, fence }, record),

    cancel: (id: string): Cancelled => turn((of, now) => of.cancel(id, now)),
    retry: (id: string): Retried => turn((of, now) => of.retry(id, now)),
    redrive: (which: { readonly type?: string | undefined; readonly most: number }): number =>
      turn((of, now) => of.redrive(which, now)),
    setPaused: (type: string, isPaused: boolean): void =>
      turn((of, now) => of.setPaused(type, isPaused, now)),

    async watch(id: string, version: number, holdMs: number): Promise<Looked | undefined> {
      const now = look(id);
      if (now === undefined || now.row.version > version || isEnded(now.row)) return now;
      await watch.next([id], holdMs);
      return look(id);
    },

    lookGroup(id: string): LookedGroup | undefined {
      const group = store.group(id);
      return group && { group, counts: store.groupCounts(id), why: ledger.why(id, MOST_REASONS) };
    },

    list: (query: ListQuery): readonly TaskRow[] => store.list(query),
    stats: (): ShardStats => ({ counts: ledger.counts(), paused: store.paused() }),

    /** Does what is due. May come twice, or for nothing; whatever happens, there is a next one. */
    async alarm(): Promise<void> {
      alarmMs = Infinity;
      try {
        while (ledger.tick(epochMs()));
        await publish();
      } catch (error) {
        ports.report("task-alarm-failed", error);
        ports.setAlarm(epochMs() + AGAIN_MS);
      }
    },
  };
}
