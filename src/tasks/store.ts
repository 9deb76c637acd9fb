import type { RateState } from "./rate.ts";
import type { NewTask, TaskRow, TaskState } from "./row.ts";

/** The task that an idempotency key stands for. */
export interface KeyEntry {
  /** Tells apart what was asked for under the same key. */
  readonly fingerprint: string;
  readonly id: string;
  /** Until when the key stands for it. */
  readonly untilMs: number;
}

/** Tasks that were enqueued together. */
export interface GroupRow {
  readonly id: string;
  readonly createdMs: number;
  readonly total: number;
  /** To be enqueued when all have ended. */
  readonly next?: NewTask | undefined;
  /** When all had ended. */
  readonly joinedMs?: number | undefined;
}

/** What a type's tasks have in common, besides what the configuration says. */
export interface TypeState {
  readonly paused: boolean;
  readonly rate?: RateState | undefined;
}

/** How many tasks of a type are in a state. */
export interface Count {
  readonly type: string;
  readonly state: TaskState;
  readonly count: number;
}

/** Which tasks are listed: newest first, those before an id. */
export interface ListQuery {
  readonly state?: TaskState | undefined;
  readonly type?: string | undefined;
  readonly before?: string | undefined;
  readonly most: number;
}

/**
 * Where the ledger's rows are; they outlive everything else. All of it is synchronous, and nothing that was written may
 * be told to anybody before it is durable. Lists are in the order of ids unless it says otherwise.
 */
export interface TaskStore {
  /** All that is written in `run`, or nothing when it throws. */
  transact<T>(run: () => T): T;

  row(id: string): TaskRow | undefined;
  /** Those of them that there are, in any order. */
  rows(ids: readonly string[]): readonly TaskRow[];
  put(row: TaskRow): void;
  /** Removes a row, with its texts. */
  remove(id: string): void;

  /** Texts of a task: of one there is none until it is put. */
  text(id: string, kind: TextKind): string | undefined;
  texts(ids: readonly string[], kind: TextKind): ReadonlyMap<string, string>;
  putText(id: string, kind: TextKind, text: string): void;

  /** Queued tasks to be published: those that wake by now, the longest due first. */
  outbox(nowMs: number, most: number): readonly TaskRow[];
  /** How many queued tasks wake later, so many at most: those that are published already. */
  published(nowMs: number, most: number): number;
  /** Lets queued tasks that wake by now wake later. */
  postpone(ids: readonly string[], nowMs: number, wakeMs: number): void;
  /** Lets queued tasks that wake later wake now, but for those that never wake by themselves. */
  hasten(nowMs: number): void;
  /** Tasks in other states that wake by now, the longest due first. */
  timers(nowMs: number, most: number): readonly TaskRow[];
  /** When the next queued task is to be published, and when the next one in another state wakes; `NEVER` for none. */
  nextWakes(): { readonly outboxMs: number; readonly timerMs: number };

  /** How many run in a slot. */
  running(slot: string): number;
  /** Queued tasks of a slot that never wake by themselves. */
  held(slot: string, most: number): readonly TaskRow[];
  /** Lets the queued tasks of a type wake that never wake by themselves, however many there are. */
  wakeHeld(type: string, wakeMs: number): void;

  list(query: ListQuery): readonly TaskRow[];
  counts(): readonly Count[];

  group(id: string): GroupRow | undefined;
  putGroup(group: GroupRow): void;
  removeGroup(id: string): void;
  /** How many of a group are in each state. */
  groupCounts(id: string): readonly Omit<Count, "type">[];
  /** Those of a group that have not ended. */
  open(group: string, most: number): readonly TaskRow[];

  key(key: string): KeyEntry | undefined;
  putKey(key: string, entry: KeyEntry): void;
  forgetKeys(nowMs: number): void;

  type(name: string): TypeState;
  /** Types that are paused. */
  paused(): readonly string[];
  putType(name: string, state: TypeState): void;
}

/** Kept apart from a row, for they are large and seldom read. */
type TextKind = "payload" | "result";
