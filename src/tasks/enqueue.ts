import { type Book, insert } from "./book.ts";
import type { NewTask } from "./row.ts";

/** An idempotency key with what tells requests under it apart. */
interface Key {
  readonly key: string;
  readonly fingerprint: string;
}

/** What to enqueue: a task, and the key that it is enqueued under once. */
export interface Enqueue extends NewTask {
  readonly once?: Key | undefined;
}

/** What became of it. */
export type Enqueued =
  | { readonly kind: "new"; readonly id: string }
  /** The key has a task already: this one. */
  | { readonly kind: "known"; readonly id: string }
  /** The key was another request's. */
  | { readonly kind: "reused" };

/** Enqueues tasks, each once for its key. */
export function enqueue(book: Book, tasks: readonly Enqueue[], nowMs: number): readonly Enqueued[] {
  return tasks.map(({ once, ...task }) => {
    const known = once && lookUp(book, once, nowMs);
    if (known !== undefined) return known;
    insert(book, task, nowMs);
    if (once !== undefined) keep(book, once, task.id, nowMs);
    return { kind: "new", id: task.id };
  });
}

/** Tasks to be enqueued together, and what to do when all of them have ended. */
export interface EnqueueGroup {
  readonly id: string;
  readonly tasks: readonly NewTask[];
  readonly next?: NewTask | undefined;
  readonly once?: Key | undefined;
}

/** Enqueues a group, all of it or nothing. */
export function enqueueGroup(book: Book, { id, tasks, next, once }: EnqueueGroup, nowMs: number): Enqueued {
  const known = once && lookUp(book, once, nowMs);
  if (known !== undefined) return known;
  book.store.putGroup({ id, createdMs: nowMs, total: tasks.length, next });
  for (const task of tasks) insert(book, { ...task, group: id }, nowMs);
  if (once !== undefined) keep(book, once, id, nowMs);
  return { kind: "new", id };
}

function lookUp({ store }: Book, { key, fingerprint }: Key, nowMs: number): Enqueued | undefined {
  const entry = store.key(key);
  if (entry === undefined || nowMs >= entry.untilMs) return undefined;
  return entry.fingerprint === fingerprint ? { kind: "known", id: entry.id } : { kind: "reused" };
}

function keep({ store, settings }: Book, { key, fingerprint }: Key, id: string, nowMs: number): void {
  store.putKey(key, { fingerprint, id, untilMs: nowMs + settings.keyMs });
}
