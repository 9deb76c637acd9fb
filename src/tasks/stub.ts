import type { Claimed } from "./claim.ts";
import type { Cancelled, Retried } from "./control.ts";
import type { TaskPolicy } from "./define.ts";
import type { Enqueue, Enqueued } from "./enqueue.ts";
import type { JsonValue } from "./json.ts";
import type { TaskRow } from "./row.ts";
import type { Beat, BeatAnswer, Report } from "./settle.ts";

/** The policies of all types, by name: the Worker says what a shard goes by. */
export type Policies = Readonly<Record<string, TaskPolicy>>;

/** A task with its texts. */
export interface Looked {
  readonly row: TaskRow;
  readonly payload: string | undefined;
  readonly result: string | undefined;
}

/** A shard, wherever it is. Everything may fail, as calls to elsewhere do. */
export interface ShardStub {
  enqueue(tasks: readonly Enqueue[]): Promise<readonly Enqueued[]>;
  claim(worker: string, ids: readonly string[]): Promise<readonly Claimed[]>;
  /** Renews leases; answers as soon as one of the tasks should stop, or else after `holdMs`. */
  beat(beats: readonly Beat[], holdMs: number): Promise<BeatAnswer>;
  report(reports: readonly Report[]): Promise<readonly string[]>;
  saveRecord(id: string, fence: number, record: JsonValue | undefined): Promise<boolean>;
  cancel(id: string): Promise<Cancelled>;
  retry(id: string): Promise<Retried>;
  look(id: string): Promise<Looked | undefined>;
}
