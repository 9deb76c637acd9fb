import type { TaskPolicy } from "./define.ts";
import type { JsonValue } from "./json.ts";
import { CLEAN_UP, type CleanUpPayload } from "./clean-up.ts";
import { cleanUpId, spillId } from "./id.ts";
import { keyIn } from "./pointer.ts";
import { SPILL, type SpilledTask } from "./spill.ts";
import {
  changed,
  isEnded,
  NEVER,
  type NewTask,
  type TaskError,
  type TaskEvent,
  type TaskRow,
  type TaskState,
} from "./row.ts";
import type { LedgerSettings } from "./settings.ts";
import type { TaskStore } from "./store.ts";
import type { Tally } from "./tally.ts";

/** What the parts of a ledger share. Whatever they do, they do inside of `store.transact`. */
export interface Book {
  readonly store: TaskStore;
  readonly settings: LedgerSettings;
  policyOf(this: void, type: string): TaskPolicy;
  /** Uniform in [0, 1). */
  random(): number;
  /** Is told of each task that is not as it was; of its row as it is now, if there is one. */
  noteChange(this: void, id: string, row: TaskRow | undefined): void;
  readonly tally: Tally;
}

/** Writes down a new task. */
export function insert(book: Book, task: NewTask, nowMs: number): void {
  const { id, type, payload, slot, group } = task;
  const dueMs = Math.max(nowMs, task.dueMs ?? nowMs);
  const { startWithinMs } = book.policyOf(type);
  const state = dueMs > nowMs ? "scheduled" : "queued";
  const row: TaskRow = {
    id,
    type,
    state,
    wakeMs: dueMs,
    slot,
    group,
    createdMs: nowMs,
    dueMs,
    expiresMs: startWithinMs === undefined ? undefined : dueMs + startWithinMs,
    attempt: 0,
    lost: 0,
    fence: 0,
    version: 1,
    spilled: keyIn(payload) === undefined ? undefined : true,
    events: [{ version: 1, atMs: nowMs, what: state, ...(dueMs > nowMs && { dueMs }) }],
  };
  book.store.put(row);
  book.store.putText(id, "payload", payload);
  book.tally.note(type, undefined, state);
  book.noteChange(id, row);
}

type Change = Parameters<typeof changed>[1];

/** Writes down a change of a task, and what follows from it for others of its slot. */
export function change(book: Book, before: TaskRow, to: Change, event?: Omit<TaskEvent, "version">): TaskRow {
  const after = changed(before, to, event);
  book.store.put(after);
  book.tally.note(after.type, before.state, after.state);
  book.noteChange(after.id, after);
  const leftSlot = before.state !== after.state && (before.state === "running" || before.state === "queued");
  if (leftSlot && after.state !== "running" && after.slot !== undefined)
    release(book, after, event?.atMs ?? 0);
  return after;
}

/** Lets the next ones of a slot be published, as many as it has room for. */
function release({ store, policyOf }: Book, { slot = "", type }: TaskRow, nowMs: number): void {
  const free = (policyOf(type).concurrency ?? Infinity) - store.running(slot);
  if (free <= 0 || store.type(type).paused) return;
  for (const row of store.held(slot, Math.min(free, MOST_RELEASED))) store.put({ ...row, wakeMs: nowMs });
}

/** With no limit any more, those that are left wait for the next release. */
const MOST_RELEASED = 1_000;

/** Makes a task wait for its next attempt. */
export function reschedule(
  book: Book,
  row: TaskRow,
  { dueMs, error, ...counts }: { dueMs: number; error: TaskError; lost: number; fence?: number },
  nowMs: number,
): void {
  change(
    book,
    row,
    { state: "scheduled", wakeMs: dueMs, dueMs, leaseMs: undefined, error, ...counts },
    { atMs: nowMs, what: "scheduled", attempt: row.attempt, dueMs, error },
  );
}

/** How a task ends. */
export interface End {
  readonly state: TaskState;
  readonly error?: TaskError | undefined;
  /** Takes the lease from who has it. */
  readonly fence?: number;
}

/** Ends a task, and does what was to be done then. */
export function end(book: Book, row: TaskRow, { state, error, fence = row.fence }: End, nowMs: number): void {
  const { retentionMs } = book.policyOf(row.type);
  const ended = change(
    book,
    row,
    { state, error, fence, wakeMs: nowMs + retentionMs, endedMs: nowMs, leaseMs: undefined },
    { atMs: nowMs, what: state, attempt: row.attempt, error },
  );
  if (state !== "succeeded" && ended.record !== undefined) orderCleanUp(book, ended, ended.record, nowMs);
  if (ended.group !== undefined) join(book, ended.group, nowMs);
}

function orderCleanUp(book: Book, { id, type }: TaskRow, record: JsonValue, nowMs: number): void {
  const payload = JSON.stringify({ type, record } satisfies CleanUpPayload);
  const known = book.store.row(cleanUpId(id));
  if (known === undefined) return insert(book, { id: cleanUpId(id), type: CLEAN_UP, payload }, nowMs);
  // It has ended before and was retried. Its clean-up may be running even now, under a fence that must not come again.
  book.store.putText(known.id, "payload", payload);
  revive(book, known, nowMs);
}

/** Gives a task a new life. */
export function revive(book: Book, row: TaskRow, nowMs: number): void {
  const { startWithinMs } = book.policyOf(row.type);
  change(
    book,
    row,
    {
      state: "queued",
      wakeMs: nowMs,
      dueMs: nowMs,
      expiresMs: startWithinMs === undefined ? undefined : nowMs + startWithinMs,
      attempt: 0,
      lost: 0,
      endedMs: undefined,
      cancelMs: undefined,
      leaseMs: undefined,
      error: undefined,
    },
    { atMs: nowMs, what: "queued" },
  );
}

/**
 * A row that was read together with others, as it is once something was done to those: the end of a task can have ordered
 * its clean-up anew. No other task is changed by one beside it.
 */
export const asNow = ({ store }: Book, row: TaskRow): TaskRow =>
  row.type === CLEAN_UP ? (store.row(row.id) ?? row) : row;

/** Lets what a forgotten task kept elsewhere be removed. */
export function orderRemoval(book: Book, { id, fence }: TaskRow, nowMs: number): void {
  const record: SpilledTask = { id, fence };
  const payload: CleanUpPayload = { type: SPILL, record };
  insert(book, { id: spillId(id), type: CLEAN_UP, payload: JSON.stringify(payload) }, nowMs);
}

/** Enqueues what a group is for, once all of it has ended. Rows are counted, so nothing can be counted twice. */
function join({ store, ...rest }: Book, id: string, nowMs: number): void {
  const group = store.group(id);
  if (group === undefined || group.joinedMs !== undefined || store.open(id, 1).length > 0) return;
  store.putGroup({ ...group, joinedMs: nowMs });
  if (group.next !== undefined) insert({ store, ...rest }, group.next, nowMs);
}

/** Lets a task be published. */
export function enqueueAgain(book: Book, row: TaskRow, nowMs: number): void {
  change(book, row, { state: "queued", wakeMs: nowMs }, { atMs: nowMs, what: "queued" });
}

/** Keeps a queued task from being published before a time. It stays queued, so nobody is told. */
export function defer({ store }: Book, row: TaskRow, wakeMs: number): void {
  store.put({ ...row, wakeMs });
}

/** Expires what has waited too long. @returns Whether it has. */
export function expire(book: Book, row: TaskRow, nowMs: number): boolean {
  if (row.expiresMs === undefined || nowMs < row.expiresMs || isEnded(row)) return false;
  end(book, row, { state: "expired" }, nowMs);
  return true;
}

/** A queued task that only something else can wake. */
export const hold = (book: Book, row: TaskRow): void => defer(book, row, NEVER);
