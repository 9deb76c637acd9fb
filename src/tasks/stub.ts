import type { Claimed } from "./claim.ts";
import type { Cancelled, Retried } from "./control.ts";
import type { TaskPolicy } from "./define.ts";
import type { Enqueue, Enqueued, EnqueueGroup } from "./enqueue.ts";
import type { JsonValue } from "./json.ts";
import type { TaskRow } from "./row.ts";
import type { Beat, BeatAnswer, Report } from "./settle.ts";
import type { Count, GroupRow, ListQuery } from "./store.ts";
import type { Blocker } from "./why.ts";

/** The policies of all types, by name: the Worker says what a shard goes by. */
export type Policies = Readonly<Record<string, TaskPolicy>>;

/** A task with its texts. */
export interface Looked {
  readonly row: TaskRow;
  readonly payload: string | undefined;
  readonly result: string | undefined;
}

/** A group, how many of it are in each state, and what it waits for, or the first hundred of that. */
export interface LookedGroup {
  readonly group: GroupRow;
  readonly counts: readonly Omit<Count, "type">[];
  readonly why: readonly Blocker[];
}

/** What there is in a shard. */
export interface ShardStats {
  readonly counts: readonly Count[];
  /** Types that are paused. */
  readonly paused: readonly string[];
}

/** A shard, wherever it is. Everything may fail, as calls to elsewhere do. */
export interface ShardStub {
  enqueue(tasks: readonly Enqueue[]): Promise<readonly Enqueued[]>;
  enqueueGroup(group: EnqueueGroup): Promise<Enqueued>;
  claim(worker: string, ids: readonly string[]): Promise<readonly Claimed[]>;
  /** Renews leases; answers as soon as one of the tasks should stop, or else after `holdMs`. */
  beat(beats: readonly Beat[], holdMs: number): Promise<BeatAnswer>;
  report(reports: readonly Report[]): Promise<readonly string[]>;
  saveRecord(id: string, fence: number, record: JsonValue | undefined): Promise<boolean>;
  cancel(id: string): Promise<Cancelled>;
  retry(id: string): Promise<Retried>;
  redrive(which: { readonly type?: string | undefined; readonly most: number }): Promise<number>;
  setPaused(type: string, isPaused: boolean): Promise<void>;
  look(id: string): Promise<Looked | undefined>;
  /** The same as soon as it is newer than a version, or else after `holdMs`. */
  watch(id: string, version: number, holdMs: number): Promise<Looked | undefined>;
  lookGroup(id: string): Promise<LookedGroup | undefined>;
  list(query: ListQuery): Promise<readonly TaskRow[]>;
  stats(): Promise<ShardStats>;
}
