import { NEVER, type TaskRow, type TaskState } from "../src/tasks/row.ts";
import type { Count, GroupRow, KeyEntry, TaskStore, TypeState } from "../src/tasks/store.ts";
import { holdWrites } from "./hold-writes.ts";

type Row = { readonly wake: number | null; readonly body: string };

/** The ledger's rows in the object's SQLite database; made if there are none. */
export function openSqliteTasks(storage: DurableObjectStorage): TaskStore {
  const { sql } = storage;
  sql.exec(TABLES);
  const written = holdWrites(sql);
  /** Those that were asked for: each claim asks for its type, again and again. */
  const types = new Map<string, TypeState>();
  /** Runs a statement, which sees what was written. */
  const exec = <T extends Record<string, SqlStorageValue>>(
    query: string,
    ...bindings: SqlStorageValue[]
  ): T[] => {
    written.flush();
    return sql.exec<T>(query, ...bindings).toArray();
  };
  const rows = (query: string, ...bindings: SqlStorageValue[]): readonly TaskRow[] =>
    exec<Row>(query, ...bindings).map(read);
  const value = (table: string, id: string): unknown => {
    const [found] = sql.exec<{ body: string }>(`SELECT body FROM ${table} WHERE id = ?`, id);
    return found === undefined ? undefined : JSON.parse(found.body);
  };
  const put = (table: string, id: string, body: object) =>
    void sql.exec(`INSERT OR REPLACE INTO ${table} (id, body) VALUES (?, ?)`, id, JSON.stringify(body));

  // What is read is what was put.
  return {
    transact(run) {
      try {
        return storage.transactionSync(() => written.together(run));
      } catch (error) {
        types.clear();
        throw error;
      }
    },
    row: (id) => rows("SELECT wake, body FROM tasks WHERE id = ?", id)[0],
    rows: (ids) =>
      rows("SELECT wake, body FROM tasks WHERE id IN (SELECT value FROM json_each(?))", JSON.stringify(ids)),
    put: (row) => written.put(row),
    remove(id) {
      written.flush();
      sql.exec("DELETE FROM tasks WHERE id = ?", id);
      sql.exec("DELETE FROM texts WHERE id = ?", id);
    },
    text: (id, kind) =>
      exec<{ text: string }>("SELECT text FROM texts WHERE id = ? AND kind = ?", id, kind)[0]?.text,
    texts: (ids, kind) =>
      new Map(
        exec<{ id: string; text: string }>(
          "SELECT id, text FROM texts WHERE kind = ? AND id IN (SELECT value FROM json_each(?))",
          kind,
          JSON.stringify(ids),
        ).map(({ id, text }) => [id, text]),
      ),
    putText: (id, kind, text) => written.putText(id, kind, text),
    outbox: (nowMs, most) =>
      rows(
        "SELECT wake, body FROM tasks WHERE state = 'queued' AND wake <= ? ORDER BY wake, id LIMIT ?",
        nowMs,
        most,
      ),
    published: (nowMs, most) =>
      exec<{ n: number }>(
        "SELECT count(*) AS n FROM (SELECT 1 FROM tasks WHERE state = 'queued' AND wake > ? LIMIT ?)",
        nowMs,
        most,
      )[0]?.n ?? 0,
    postpone: (ids, nowMs, wakeMs) =>
      void exec(
        "UPDATE tasks SET wake = ? WHERE id IN (SELECT value FROM json_each(?)) AND state = 'queued' AND wake <= ?",
        wakeMs,
        JSON.stringify(ids),
        nowMs,
      ),
    hasten: (nowMs) => void exec("UPDATE tasks SET wake = ?1 WHERE state = 'queued' AND wake > ?1", nowMs),
    timers: (nowMs, most) =>
      rows(
        "SELECT wake, body FROM tasks WHERE state <> 'queued' AND wake <= ? ORDER BY wake, id LIMIT ?",
        nowMs,
        most,
      ),
    nextWakes() {
      const [next] = exec<{ outbox: number | null; timer: number | null }>(
        "SELECT (SELECT min(wake) FROM tasks WHERE state = 'queued') AS outbox, (SELECT min(wake) FROM tasks WHERE state <> 'queued') AS timer",
      );
      return { outboxMs: next?.outbox ?? NEVER, timerMs: next?.timer ?? NEVER };
    },
    running: (slot) =>
      exec<{ n: number }>("SELECT count(*) AS n FROM tasks WHERE slot = ? AND state = 'running'", slot)[0]
        ?.n ?? 0,
    held: (slot, most) =>
      rows(
        "SELECT wake, body FROM tasks WHERE slot = ? AND state = 'queued' AND wake IS NULL ORDER BY id LIMIT ?",
        slot,
        most,
      ),
    wakeHeld: (type, wakeMs) =>
      void exec(
        "UPDATE tasks SET wake = ? WHERE type = ? AND state = 'queued' AND wake IS NULL",
        wakeMs,
        type,
      ),
    list({ state, type, before, most }) {
      const asked: readonly (readonly [condition: string, by: string | undefined])[] = [
        ["state = ?", state],
        ["type = ?", type],
        ["id < ?", before],
      ];
      const said = asked.flatMap(([condition, by]) => (by === undefined ? [] : [{ condition, by }]));
      // Said again, or the index is not seen to fit.
      const conditions = [...said.map(({ condition }) => condition), ...(isFailure(state) ? [FAILURES] : [])];
      const where = conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : "";
      const query = `SELECT wake, body FROM tasks ${where} ORDER BY id DESC LIMIT ?`;
      return rows(query, ...said.map(({ by }) => by), most);
    },
    counts: () =>
      exec<Count & Record<string, SqlStorageValue>>(
        "SELECT type, state, count(*) AS count FROM tasks GROUP BY type, state",
      ),
    group: (id) => value("groups", id) as GroupRow | undefined,
    putGroup: (group) => put("groups", group.id, group),
    removeGroup: (id) => void sql.exec("DELETE FROM groups WHERE id = ?", id),
    groupCounts: (id) =>
      exec<{ state: TaskState; count: number }>(
        "SELECT state, count(*) AS count FROM tasks WHERE grp = ? GROUP BY state",
        id,
      ),
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
    type(name) {
      const state = types.get(name) ?? (value("types", name) as TypeState | undefined) ?? { paused: false };
      types.set(name, state);
      return state;
    },
    paused: () =>
      sql
        .exec<{ id: string }>("SELECT id FROM types WHERE body ->> 'paused' ORDER BY id")
        .toArray()
        .map(({ id }) => id),
    putType(name, state) {
      put("types", name, state);
      types.set(name, state);
    },
  };
}

/** Ends that are rare, and looked for. */
const FAILED: readonly (TaskState | undefined)[] = ["failed", "dead", "cancelled", "expired"];
const FAILURES = `state IN (${FAILED.map((state) => `'${state}'`).join(", ")})`;

const isFailure = (state: TaskState | undefined) => FAILED.includes(state);

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
  DROP INDEX IF EXISTS states;
  CREATE INDEX IF NOT EXISTS held ON tasks (type, id) WHERE state = 'queued' AND wake IS NULL;
  CREATE INDEX IF NOT EXISTS failures ON tasks (state, id) WHERE ${FAILURES};
  CREATE INDEX IF NOT EXISTS slots ON tasks (slot, state) WHERE slot IS NOT NULL;
  CREATE INDEX IF NOT EXISTS members ON tasks (grp, state) WHERE grp IS NOT NULL;
  CREATE TABLE IF NOT EXISTS texts (id TEXT, kind TEXT, text TEXT NOT NULL, PRIMARY KEY (id, kind)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS groups (id TEXT PRIMARY KEY, body TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS keys (id TEXT PRIMARY KEY, until INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS types (id TEXT PRIMARY KEY, body TEXT NOT NULL);
`;
