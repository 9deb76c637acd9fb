import { type Book, change, end, revive } from "./book.ts";
import { isEnded } from "./row.ts";

/** What became of a wish to cancel: it is, it will be when its handler has stopped, or it had ended before. */
export type Cancelled = "cancelled" | "cancelling" | "ended" | "unknown";

/** Cancels a task: at once if it waits; if it runs, its handler is asked to stop, and has a while for it. */
export function cancel(book: Book, id: string, nowMs: number): Cancelled {
  const row = book.store.row(id);
  if (row === undefined) return "unknown";
  if (isEnded(row)) return row.state === "cancelled" ? "cancelled" : "ended";
  if (row.state !== "running") {
    end(book, row, { state: "cancelled" }, nowMs);
    return "cancelled";
  }
  if (row.cancelMs === undefined) {
    const wakeMs = Math.min(row.wakeMs, nowMs + book.settings.graceMs);
    change(book, row, { cancelMs: nowMs, wakeMs }, { atMs: nowMs, what: "cancelling" });
  }
  return "cancelling";
}

/** What became of a wish to try again: tasks that have succeeded, or have not ended yet, are left alone. */
export type Retried = "retried" | "refused" | "unknown";

/** Gives a task that ended without success a new life. */
export function retryTask(book: Book, id: string, nowMs: number): Retried {
  const row = book.store.row(id);
  if (row === undefined) return "unknown";
  if (!isEnded(row) || row.state === "succeeded") return "refused";
  revive(book, row, nowMs);
  return "retried";
}

/** Gives dead tasks a new life, so many at most. @returns How many. */
export function redrive(
  book: Book,
  { type, most }: { readonly type?: string | undefined; readonly most: number },
  nowMs: number,
): number {
  const dead = book.store.list({ state: "dead", type, most });
  for (const row of dead) revive(book, row, nowMs);
  return dead.length;
}

/** Stops a type's tasks from being started, or starts them again. What runs goes on. */
export function setPaused({ store }: Book, type: string, paused: boolean, nowMs: number): void {
  store.putType(type, { ...store.type(type), paused });
  if (!paused) store.wakeHeld(type, nowMs);
}
