import { asNow, type Book, enqueueAgain, expire, orderRemoval } from "./book.ts";
import type { TaskRow } from "./row.ts";
import { giveUp } from "./settle.ts";

/** So many tasks are looked at in one transaction. */
const MOST_AT_ONCE = 500;

/**
 * Does what is due: lets scheduled tasks be published, gives up on silent workers, expires and forgets.
 *
 * @returns Whether there is more to do at once.
 */
export function tick(book: Book, nowMs: number): boolean {
  const due = book.store.timers(nowMs, MOST_AT_ONCE);
  for (const row of due) wake(book, asNow(book, row), nowMs);
  book.store.forgetKeys(nowMs);
  return due.length === MOST_AT_ONCE;
}

function wake(book: Book, row: TaskRow, nowMs: number): void {
  switch (row.state) {
    case "scheduled":
      if (!expire(book, row, nowMs)) enqueueAgain(book, row, nowMs);
      return;
    case "running":
      return giveUp(book, row, nowMs);
    case "queued":
      return; // published by the outbox
    default:
      forget(book, row, nowMs);
  }
}

function forget(book: Book, row: TaskRow, nowMs: number): void {
  const { store, tally, noteChange } = book;
  const { id, group } = row;
  store.remove(id);
  tally.note(row.type, row.state, undefined);
  if (row.spilled === true) orderRemoval(book, row, nowMs);
  noteChange(id, undefined);
  if (group !== undefined && store.groupCounts(group).length === 0) store.removeGroup(group);
}

/** Queued tasks to be published; those that have waited too long are expired instead. */
export function waitingToBePublished(book: Book, nowMs: number, most: number): readonly TaskRow[] {
  return book.store.outbox(nowMs, most).filter((row) => !expire(book, row, nowMs));
}

/** Publishes again what was published: the messages are lost. */
export function publishAgain({ store }: Book, nowMs: number): void {
  store.hasten(nowMs);
}

/**
 * Notes that tasks were published: they are published again unless somebody claims them. One that was run meanwhile, and
 * is to be published since the outbox was read, is left as it is.
 */
export function published(
  { store, settings }: Book,
  ids: readonly string[],
  { readMs, nowMs }: { readonly readMs: number; readonly nowMs: number },
): void {
  store.postpone(ids, readMs, nowMs + settings.sweepMs);
}
