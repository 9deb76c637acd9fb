import { fullJitterMs } from "#kernel";
import { hasRunOut, holdsLease, type Lease, renewLease } from "../work/lease.ts";
import { asNow, type Book, change, end, reschedule } from "./book.ts";
import type { JsonValue } from "./json.ts";
import type { Progress, TaskError, TaskRow } from "./row.ts";

/** What became of an attempt. */
export type Outcome =
  /** The result as JSON, if there is one. */
  | { readonly kind: "succeeded"; readonly result?: string | undefined }
  | {
      readonly kind: "failed";
      readonly error: TaskError;
      /** Whether trying again can help. */
      readonly isRetryable: boolean;
      /** How long the other side wants to be left alone. */
      readonly retryAfterMs?: number | undefined;
    }
  /** The handler ended because it was asked to. */
  | { readonly kind: "stopped" };

/** A worker shows under which fence it holds a task. */
interface Held {
  readonly id: string;
  readonly fence: number;
}

/** A sign of life for one task. */
export interface Beat extends Held {
  readonly progress?: Progress | undefined;
  /** Whether some of its texts may be kept elsewhere from now on. */
  readonly spills?: boolean;
  /** Whether the worker knows that its handler should end. */
  readonly isTold?: boolean;
}

/** What a worker is told when it shows that it is alive. */
export interface BeatAnswer {
  /** Tasks whose handlers should end, and were not told. */
  readonly cancel: readonly string[];
  /** Tasks that are not the worker's any more. */
  readonly lost: readonly string[];
}

/** The end of one attempt. */
export interface Report extends Held {
  readonly outcome: Outcome;
}

const leaseOf = ({ state, fence, leaseMs }: TaskRow): Lease | undefined =>
  state === "running" && leaseMs !== undefined ? { fence, untilMs: leaseMs } : undefined;

/** Renews leases and keeps progress. */
export function beat(book: Book, beats: readonly Beat[], nowMs: number): BeatAnswer {
  const { store, settings } = book;
  const rows = rowsOf(book, beats);
  for (const { id, fence, progress, spills } of beats) {
    const row = rows.get(id);
    const lease = row && leaseOf(row);
    if (row === undefined || lease === undefined || !holdsLease(lease, fence)) continue;
    const { untilMs } = renewLease(lease, nowMs, settings.leaseMs);
    const renewed = {
      leaseMs: untilMs,
      wakeMs: wakeOf(book, row, untilMs),
      ...(spills === true && { spilled: spills }),
    };
    if (progress === undefined) store.put({ ...row, ...renewed });
    else change(book, row, { ...renewed, progress });
  }
  return answerTo(beats, rows);
}

/** What a worker has to hear that waits for the answer to its beats. That it waits is no sign of life. */
export function hear(book: Book, beats: readonly Beat[]): BeatAnswer {
  return answerTo(beats, rowsOf(book, beats));
}

const rowsOf = ({ store }: Book, beats: readonly Beat[]) =>
  new Map(store.rows(beats.map(({ id }) => id)).map((row) => [row.id, row]));

function answerTo(beats: readonly Beat[], rows: ReadonlyMap<string, TaskRow>): BeatAnswer {
  const cancel: string[] = [];
  const lost: string[] = [];
  for (const { id, fence, isTold } of beats) {
    const row = rows.get(id);
    if (row === undefined || !holdsLease(leaseOf(row), fence)) lost.push(id);
    else if (row.cancelMs !== undefined && isTold !== true) cancel.push(id);
  }
  return { cancel, lost };
}

/**
 * Whether a worker should hear of a task before its next beat: it is to be cancelled, or was taken away. Of what the
 * worker reported itself there is nothing to say.
 */
export function shouldHear({ fence, isTold }: Beat, row: TaskRow | undefined): boolean {
  if (row === undefined) return false;
  return row.fence !== fence || (row.state === "running" && row.cancelMs !== undefined && isTold !== true);
}

/** A running task wakes when its lease has run out, or the grace of its cancellation. */
function wakeOf({ settings }: Book, { cancelMs }: TaskRow, leaseMs: number): number {
  return cancelMs === undefined ? leaseMs : Math.min(leaseMs, cancelMs + settings.graceMs);
}

/** Writes down what became of attempts. @returns Those that were refused, for the worker had not the lease any more. */
export function report(book: Book, reports: readonly Report[], nowMs: number): readonly string[] {
  const rows = new Map(book.store.rows(reports.map(({ id }) => id)).map((row) => [row.id, row]));
  const refused: string[] = [];
  for (const { id, fence, outcome } of reports) {
    // Somebody may say it twice in one call; the second time is late.
    const read = rows.get(id);
    const row = read === undefined ? book.store.row(id) : asNow(book, read);
    rows.delete(id);
    if (row !== undefined && holdsLease(leaseOf(row), fence)) {
      settle(book, row, outcome, nowMs);
      continue;
    }
    refused.push(id);
    if (row !== undefined) change(book, row, {}, { atMs: nowMs, what: "refused", fence });
  }
  return refused;
}

function settle(book: Book, row: TaskRow, outcome: Outcome, nowMs: number): void {
  const { attempts, backoff } = book.policyOf(row.type);
  switch (outcome.kind) {
    case "succeeded":
      if (outcome.result !== undefined) book.store.putText(row.id, "result", outcome.result);
      return end(book, row, { state: "succeeded" }, nowMs);
    case "stopped":
      return end(book, row, { state: "cancelled" }, nowMs);
    case "failed": {
      const { error, isRetryable, retryAfterMs } = outcome;
      if (row.cancelMs !== undefined) return end(book, row, { state: "cancelled", error }, nowMs);
      if (!isRetryable) return end(book, row, { state: "failed", error }, nowMs);
      if (row.attempt >= attempts) return end(book, row, { state: "dead", error }, nowMs);
      const waitMs = retryAfterMs ?? fullJitterMs(row.attempt, backoff, () => book.random());
      return reschedule(book, row, { dueMs: Math.ceil(nowMs + waitMs), error, lost: 0 }, nowMs);
    }
  }
}

/** Keeps a record for later attempts. @returns Whether the lease was still held. */
export function saveRecord(book: Book, { id, fence }: Held, record: JsonValue | undefined): boolean {
  const row = book.store.row(id);
  if (row === undefined || !holdsLease(leaseOf(row), fence)) return false;
  book.store.put({ ...row, record });
  return true;
}

/** Gives up on whoever has been silent for too long, or has not stopped when asked to. */
export function giveUp(book: Book, row: TaskRow, nowMs: number): void {
  const { cancelMs } = row;
  const lease = leaseOf(row);
  if (cancelMs !== undefined && nowMs >= cancelMs + book.settings.graceMs) {
    // The next fence, so that whatever comes late is refused.
    end(book, row, { state: "cancelled", fence: row.fence + 1 }, nowMs);
  } else if (lease === undefined || hasRunOut(lease, nowMs)) lose(book, row, nowMs);
}

function lose(book: Book, row: TaskRow, nowMs: number): void {
  const { settings } = book;
  const lost = row.lost + 1;
  // The next one, so that who has it hears of that.
  const fence = row.fence + 1;
  if (row.cancelMs !== undefined) return end(book, row, { state: "cancelled", fence }, nowMs);
  if (lost >= settings.mostLost) {
    const message = `${lost} workers in a row were lost while they ran it`;
    return end(book, row, { state: "dead", error: { code: "poison", message }, fence }, nowMs);
  }
  const error: TaskError = { code: "lease-lost", message: `The worker ${row.worker ?? ""} fell silent` };
  if (row.attempt >= book.policyOf(row.type).attempts)
    return end(book, row, { state: "dead", error, fence }, nowMs);
  // It has waited for as long as the lease; the fault was the worker's.
  reschedule(book, row, { dueMs: nowMs, error, lost, fence }, nowMs);
}
