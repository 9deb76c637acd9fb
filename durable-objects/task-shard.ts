import { DurableObject } from "cloudflare:workers";
import { logError } from "../src/http/log.ts";
import type { Claimed } from "../src/tasks/claim.ts";
import type { Cancelled, Retried } from "../src/tasks/control.ts";
import { DEFAULT_POLICY } from "../src/tasks/define.ts";
import type { Enqueue, Enqueued, EnqueueGroup } from "../src/tasks/enqueue.ts";
import type { JsonValue } from "../src/tasks/json.ts";
import { createLedger, type Ledger } from "../src/tasks/ledger.ts";
import { isEnded, type TaskRow } from "../src/tasks/row.ts";
import { DEFAULT_SETTINGS } from "../src/tasks/settings.ts";
import type { Beat, BeatAnswer, Report } from "../src/tasks/settle.ts";
import type { Looked, LookedGroup, Policies, ShardStats } from "../src/tasks/stub.ts";
import type { ListQuery, TaskStore } from "../src/tasks/store.ts";
import { createPublisher, type Publisher } from "../src/work/outbox.ts";
import { openSqliteTasks } from "./sqlite-tasks.ts";
import { Watchers } from "./watchers.ts";

/** When to look again after an alarm that failed. */
const AGAIN_MS = 5_000;
/** What a group waits for is said of so many of its tasks. */
const MOST_REASONS = 100;

/** A shard of the tasks: rows and messages for `createLedger`, which decides. */
export class TaskShard extends DurableObject {
  readonly #store: TaskStore;
  readonly #ledger: Ledger;
  readonly #publisher: Publisher;
  #policies: Policies;
  #alarmMs = Infinity;
  readonly #watchers = new Watchers();

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    this.#policies = ctx.storage.kv.get<Policies>("policies") ?? {};
    this.#store = openSqliteTasks(ctx.storage);
    this.#ledger = createLedger({
      store: this.#store,
      settings: { ...DEFAULT_SETTINGS, ...leaseOf(env) },
      policyOf: (type) => this.#policies[type] ?? DEFAULT_POLICY,
      random: () => Math.random(),
      noteChange: (id) => this.#watchers.wake(id),
    });
    this.#publisher = createPublisher<TaskRow>(
      {
        waiting: (most) => this.#ledger.outbox(Date.now(), most),
        sizeBytes: ({ id }) => id.length,
        send: async (rows) =>
          void (await env.TASK_QUEUE.sendBatch(rows.map(({ id }) => ({ body: id, contentType: "text" })))),
        sent: (rows) =>
          this.#ledger.published(
            rows.map(({ id }) => id),
            Date.now(),
          ),
        refused: (error) => logError("task-publish-refused", {}, error),
      },
      { now: () => Date.now(), random: () => Math.random() },
    );
  }

  enqueue(policies: Policies, tasks: readonly Enqueue[]): readonly Enqueued[] {
    this.#keep(policies);
    return this.#turn((ledger, now) => ledger.enqueue(tasks, now));
  }

  enqueueGroup(policies: Policies, group: EnqueueGroup): Enqueued {
    this.#keep(policies);
    return this.#turn((ledger, now) => ledger.enqueueGroup(group, now));
  }

  claim(policies: Policies, worker: string, ids: readonly string[]): readonly Claimed[] {
    this.#keep(policies);
    return this.#turn((ledger, now) => ledger.claim(worker, ids, now));
  }

  async beat(beats: readonly Beat[], holdMs: number): Promise<BeatAnswer> {
    const ask = () => this.#turn((ledger, now) => ledger.beat(beats, now));
    const answer = ask();
    if (answer.cancel.length + answer.lost.length > 0 || holdMs === 0) return answer;
    await this.#watchers.wait(
      beats.map(({ id }) => id),
      holdMs,
    );
    return ask();
  }

  report(reports: readonly Report[]): readonly string[] {
    return this.#turn((ledger, now) => ledger.report(reports, now));
  }

  saveRecord(id: string, fence: number, record: JsonValue | undefined): boolean {
    return this.#ledger.saveRecord({ id, fence }, record);
  }

  cancel(id: string): Cancelled {
    return this.#turn((ledger, now) => ledger.cancel(id, now));
  }

  retry(id: string): Retried {
    return this.#turn((ledger, now) => ledger.retry(id, now));
  }

  redrive(which: { readonly type?: string | undefined; readonly most: number }): number {
    return this.#turn((ledger, now) => ledger.redrive(which, now));
  }

  setPaused(type: string, isPaused: boolean): void {
    this.#turn((ledger, now) => ledger.setPaused(type, isPaused, now));
  }

  lookGroup(id: string): LookedGroup | undefined {
    const group = this.#store.group(id);
    if (group === undefined) return undefined;
    return { group, counts: this.#store.groupCounts(id), why: this.#ledger.why(id, MOST_REASONS) };
  }

  list(query: ListQuery): readonly TaskRow[] {
    return this.#store.list(query);
  }

  stats(): ShardStats {
    return { counts: this.#store.counts(), paused: this.#store.paused() };
  }

  async watch(id: string, version: number, holdMs: number): Promise<Looked | undefined> {
    const now = this.look(id);
    if (now === undefined || now.row.version > version || isEnded(now.row)) return now;
    await this.#watchers.wait([id], holdMs);
    return this.look(id);
  }

  look(id: string): Looked | undefined {
    const row = this.#store.row(id);
    if (row === undefined) return undefined;
    return { row, payload: this.#store.text(id, "payload"), result: this.#store.text(id, "result") };
  }

  /** Does what is due. May come twice, or for nothing; whatever happens, there is a next one. */
  override async alarm(): Promise<void> {
    this.#alarmMs = Infinity;
    try {
      while (this.#ledger.tick(Date.now()));
      await this.#publish();
    } catch (error) {
      logError("task-alarm-failed", {}, error);
      await this.ctx.storage.setAlarm(Date.now() + AGAIN_MS);
    }
  }

  #turn<T>(act: (ledger: Ledger, nowMs: number) => T): T {
    const answer = act(this.#ledger, Date.now());
    this.#arm();
    this.ctx.waitUntil(this.#publish());
    return answer;
  }

  async #publish(): Promise<void> {
    await this.#publisher.publish();
    this.#arm();
  }

  /** Also if it is never published by hand: the alarm that is stored with a row finds it after a crash. */
  #arm(): void {
    const wakeMs = this.#store.nextWakeMs();
    if (wakeMs === undefined) return;
    const dueMs = Math.max(wakeMs, this.#publisher.readyMs(), Date.now());
    if (dueMs >= this.#alarmMs && this.#alarmMs > Date.now()) return;
    this.#alarmMs = dueMs;
    void this.ctx.storage.setAlarm(dueMs);
  }

  #keep(policies: Policies): void {
    if (JSON.stringify(policies) === JSON.stringify(this.#policies)) return;
    this.#policies = policies;
    this.ctx.storage.kv.put("policies", policies);
  }
}

function leaseOf({ TASK_LEASE_MS }: Cloudflare.Env): { leaseMs?: number } {
  const leaseMs = Number(TASK_LEASE_MS);
  return leaseMs > 0 ? { leaseMs } : {};
}
