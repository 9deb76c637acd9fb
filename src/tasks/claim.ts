import { grantLease } from "../work/lease.ts";
import { asNow, type Book, change, defer, expire, hold } from "./book.ts";
import type { JsonValue } from "./json.ts";
import { keyIn } from "./pointer.ts";
import { askRate } from "./rate.ts";
import type { TaskRow } from "./row.ts";

/** A task for a worker to run. */
export interface Claimed {
  readonly id: string;
  readonly type: string;
  /** As JSON. */
  readonly payload: string;
  readonly attempt: number;
  readonly fence: number;
  /** When it was due: how long it waited. */
  readonly dueMs: number;
  readonly record?: JsonValue | undefined;
}

/** So many payloads that are kept elsewhere go to a worker at once: it has all of a batch in memory. */
const MOST_LARGE = 8;
/** When the others are published again. */
const LARGE_AGAIN_MS = 250;

/**
 * Gives a worker those of the tasks that can run now. The others are not its business: they run already, have ended, or
 * will be published when they can run.
 */
export function claim(book: Book, worker: string, ids: readonly string[], nowMs: number): readonly Claimed[] {
  const unique = [...new Set(ids)];
  const payloads = book.store.texts(unique, "payload");
  let large = 0;
  return book.store.rows(unique).flatMap((read) => {
    const row = asNow(book, read);
    const isLarge = keyIn(payloads.get(row.id) ?? "") !== undefined;
    if (isLarge && large === MOST_LARGE && row.state === "queued") {
      defer(book, row, nowMs + LARGE_AGAIN_MS);
      return [];
    }
    if (!mayRun(book, row, nowMs)) return [];
    if (isLarge) large += 1;
    const { fence, untilMs } = grantLease(row.fence, nowMs, book.settings.leaseMs);
    const attempt = row.attempt + 1;
    change(
      book,
      row,
      {
        state: "running",
        wakeMs: untilMs,
        leaseMs: untilMs,
        fence,
        attempt,
        worker,
        startedMs: nowMs,
        progress: undefined,
        // It has started in time.
        expiresMs: undefined,
      },
      { atMs: nowMs, what: "running", attempt, fence, worker },
    );
    const { id, type, dueMs, record } = row;
    return [{ id, type, payload: payloads.get(id) ?? "null", attempt, fence, dueMs, record }];
  });
}

/** Whether a task may be run; if not, sees to it that it is published when it may. */
function mayRun(book: Book, row: TaskRow, nowMs: number): boolean {
  const { store, policyOf } = book;
  if (row.state !== "queued" || expire(book, row, nowMs)) return false;
  const { concurrency, rate } = policyOf(row.type);
  const isFull =
    row.slot !== undefined && concurrency !== undefined && store.running(row.slot) >= concurrency;
  const type = store.type(row.type);
  if (type.paused || isFull) {
    hold(book, row);
    return false;
  }
  if (rate === undefined) return true;
  const answer = askRate(rate, type.rate, nowMs);
  store.putType(row.type, { ...type, rate: answer.rate });
  if (!answer.allowed) defer(book, row, answer.againMs);
  return answer.allowed;
}
