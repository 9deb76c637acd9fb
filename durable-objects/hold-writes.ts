import { NEVER, type TaskRow } from "../src/tasks/row.ts";
import { insertMany } from "./insert-many.ts";

/** What was written to the ledger's tables, and is not in them yet. */
interface HeldWrites {
  put(row: TaskRow): void;
  putText(id: string, kind: string, text: string): void;
  /** Writes all of it, a few statements for many rows. To be called before anything is read. */
  flush(): void;
  /** Holds what is written while something runs; without it, each row is written at once. Forgets it all on a throw. */
  together<T>(run: () => T): T;
}

/** Holds rows back so that they can be written together. */
export function holdWrites(sql: SqlStorage): HeldWrites {
  const rows = new Map<string, TaskRow>();
  const texts = new Map<string, readonly [id: string, kind: string, text: string]>();
  let isHeld = false;

  const flush = () => {
    if (rows.size > 0) {
      insertMany(
        sql,
        "INSERT INTO tasks (id, type, state, wake, slot, grp, body)",
        [...rows.values()].map(columns),
        // A replaced row would be taken out of each index, and put in again.
        "ON CONFLICT (id) DO UPDATE SET state = excluded.state, wake = excluded.wake, body = excluded.body",
      );
    }
    if (texts.size > 0) {
      insertMany(sql, "INSERT OR REPLACE INTO texts (id, kind, text)", [...texts.values()]);
    }
    clear();
  };

  const clear = () => {
    rows.clear();
    texts.clear();
  };

  return {
    put(row) {
      rows.set(row.id, row);
      if (!isHeld) flush();
    },
    putText(id, kind, text) {
      texts.set(`${id} ${kind}`, [id, kind, text]);
      if (!isHeld) flush();
    },
    flush,
    together(run) {
      isHeld = true;
      try {
        const answer = run();
        flush();
        return answer;
      } finally {
        isHeld = false;
        clear();
      }
    },
  };
}

function columns({ wakeMs, ...row }: TaskRow): readonly SqlStorageValue[] {
  const { id, type, state, slot = null, group = null } = row;
  return [id, type, state, wakeMs === NEVER ? null : wakeMs, slot, group, JSON.stringify(row)];
}
