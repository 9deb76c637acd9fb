import { NEVER, type TaskRow, type TaskState } from "../src/tasks/row.ts";
import type { Count, GroupRow, KeyEntry, TaskStore, TypeState } from "../src/tasks/store.ts";

type Row = { readonly wake: number | null; readonly body: string };

/** The ledger's rows in the object's SQLite database; made if there are none. */
export function openSqliteTasks(storage: DurableObjectStorage): TaskStore {
  const { sql } = storage;
  sql.exec(TABLES);
  const rows = (query: string, ...bindings: SqlStorageValue[]): readonly TaskRow[] =>
    sql
      .exec<Row>(query, ...bindings)
      .toArray()
      .map(read);
  const value = (table: string, id: string): unknown => {
    const [found] = sql.exec<{ body: string }>(`SELECT body FROM ${table} WHERE id = ?`, id);
    return found === undefined ? undefined : JSON.parse(found.body);
  };
  const put = (table: string, id: string, body: object) =>
    void sql.exec(`INSERT OR REPLACE INTO ${table} (id, body) VALUES (?, ?)`, id, JSON.stringify(body));

  // What is read is what was put.
  return {
    transact: (run) => storage.transactionSync(run),
    row: (id) => rows("SELECT wake, body FROM tasks WHERE id = ?", id)[0],
    rows: (ids) =>
      rows("SELECT wake, body FROM tasks WHERE id IN (SELECT value FROM json_each(?))", JSON.stringify(ids)),
    put({ wakeMs, ...row }) {
      sql.exec(
        // A replaced row would be taken out of each index, and put in again.
        "INSERT INTO tasks (id, type, state, wake, slot, grp, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO UPDATE SET state = ?3, wake = ?4, body = ?7",
        row.id,
        row.type,
        row.state,
        wakeMs === NEVER ? null : wakeMs,
        row.slot ?? null,
        row.group ?? null,
        JSON.stringify(row),
      );
    },
    remove(id) {
      sql.exec("DELETE FROM tasks WHERE id = ?", id);
      sql.exec("DELETE FROM texts WHERE id = ?", id);
    },
    text: (id, kind) =>
      sql.exec<{ text: string }>("SELECT text FROM texts WHERE id = ? AND kind = ?", id, kind).toArray()[0]
        ?.text,
    texts: (ids, kind) =>
      new Map(
        sql
          .exec<{ id: string; text: string }>(
            "SELECT id, text FROM texts WHERE kind = ? AND id IN (SELECT value FROM json_each(?))",
            kind,
            JSON.stringify(ids),
          )
          .toArray()
          .map(({ id, text }) => [id, text]),
      ),
    putText: (id, kind, text) =>
      void sql.exec("INSERT OR REPLACE INTO texts (id, kind, text) VALUES (?, ?, ?)", id, kind, text),
    outbox: (nowMs, most) =>
      rows(
        "SELECT wake, body FROM tasks WHERE state = 'queued' AND wake <= ? ORDER BY wake, id LIMIT ?",
        nowMs,
        most,
      ),
    published: (nowMs, most) =>
      sql
        .exec<{ n: number }>(
          "SELECT count(*) AS n FROM (SELECT 1 FROM tasks WHERE state = 'queued' AND wake > ? LIMIT ?)",
          nowMs,
          most,
        )
        .one().n,
    postpone: (ids, nowMs, wakeMs) =>
      void sql.exec(
        "UPDATE tasks SET wake = ? WHERE id IN (SELECT value FROM json_each(?)) AND state = 'queued' AND wake <= ?",
        wakeMs,
        JSON.stringify(ids),
        nowMs,
      ),
    hasten: (nowMs) =>
      void sql.exec("UPDATE tasks SET wake = ?1 WHERE state = 'queued' AND wake > ?1", nowMs),
    timers: (nowMs, most) =>
      rows(
        "SELECT wake, body FROM tasks WHERE state <> 'queued' AND wake <= ? ORDER BY wake, id LIMIT ?",
        nowMs,
        most,
      ),
    nextWakes() {
      const { outbox, timer } = sql
        .exec<{ outbox: number | null; timer: number | null }>(
          "SELECT (SELECT min(wake) FROM tasks WHERE state = 'queued') AS outbox, (SELECT min(wake) FROM tasks WHERE state <> 'queued') AS timer",
        )
        .one();
      return { outboxMs: outbox ?? NEVER, timerMs: timer ?? NEVER };
    },
    running: (slot) =>
      sql
        .exec<{ n: number }>("SELECT count(*) AS n FROM tasks WHERE slot = ? AND state = 'running'", slot)
        .one().n,
    held: (by, most) => {
      const [column, name] = "slot" in by ? ["slot", by.slot] : ["type", by.type];
      const query = `SELECT wake, body FROM tasks WHERE ${column} = ? AND state = 'queued' AND wake IS NULL ORDER BY id LIMIT ?`;
      return rows(query, name, Math.min(most, ALL));
    },
    list: ({ state, type, before, most }) =>
      rows(
        "SELECT wake, body FROM tasks WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR type = ?2) AND (?3 IS NULL OR id < ?3) ORDER BY id DESC LIMIT ?4",
        state ?? null,
        type ?? null,
        before ?? null,
        most,
      ),
    counts: () =>
      sql
        .exec<Count & Record<string, SqlStorageValue>>(
          "SELECT type, state, count(*) AS count FROM tasks GROUP BY type, state",
        )
        .toArray(),
    group: (id) => value("groups", id) as GroupRow | undefined,
    putGroup: (group) => put("groups", group.id, group),
    removeGroup: (id) => void sql.exec("DELETE FROM groups WHERE id = ?", id),
    groupCounts: (id) =>
      sql
        .exec<{ state: TaskState; count: number }>(
          "SELECT state, count(*) AS count FROM tasks WHERE grp = ? GROUP BY state",
          id,
        )
        .toArray(),
    open: (group, most) =>
      rows(
        "SELECT wake, body FROM tasks WHERE grp = ? AND state IN ('scheduled', 'queued', 'running') ORDER BY id LIMIT ?",
        group,
        most,
      ),
    key: (key) => value("keys", key) as KeyEntry | undefined,
    putKey: (key, entry) =>
      void sql.exec(
        "INSERT OR REPLACE INTO keys (id, until, body) VALUES (?, ?, ?)",
        key,
        entry.untilMs,
        JSON.stringify(entry),
      ),
    forgetKeys: (nowMs) => void sql.exec("DELETE FROM keys WHERE until <= ?", nowMs),
    type: (name) => (value("types", name) as TypeState | undefined) ?? { paused: false },
    paused: () =>
      sql
        .exec<{ id: string }>("SELECT id FROM types WHERE body ->> 'paused' ORDER BY id")
        .toArray()
        .map(({ id }) => id),
    putType: (name, state) => put("types", name, state),
  };
}

/** As good as no limit. */
const ALL = 1_000_000;

function read({ wake, body }: Row): TaskRow {
  // Written by `put`.
  const row = JSON.parse(body) as Omit<TaskRow, "wakeMs">;
  return { ...row, wakeMs: wake ?? NEVER };
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS tasks (id TEXT PRIMARY KEY, type TEXT NOT NULL, state TEXT NOT NULL, wake INTEGER, slot TEXT, grp TEXT, body TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS outbox ON tasks (wake) WHERE state = 'queued';
  CREATE INDEX IF NOT EXISTS timers ON tasks (wake) WHERE state <> 'queued';
  DROP INDEX IF EXISTS wakes;
  CREATE INDEX IF NOT EXISTS states ON tasks (state, type, id);
  CREATE INDEX IF NOT EXISTS slots ON tasks (slot, state) WHERE slot IS NOT NULL;
  CREATE INDEX IF NOT EXISTS members ON tasks (grp, state) WHERE grp IS NOT NULL;
  CREATE TABLE IF NOT EXISTS texts (id TEXT, kind TEXT, text TEXT NOT NULL, PRIMARY KEY (id, kind)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS groups (id TEXT PRIMARY KEY, body TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS keys (id TEXT PRIMARY KEY, until INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS types (id TEXT PRIMARY KEY, body TEXT NOT NULL);
`;
