import type { Entry, Log } from "../src/chat/log.ts";
import type { Message } from "../src/chat/wire.ts";

/** The name of the log, which is made with it. */
const EPOCH = "epoch";
/** The highest number that was given when rows were last deleted. */
const LAST = "last";
/** From when the oldest id is. To look for it is to read them all, and so is to forget some. */
const OLDEST_ID = "oldest-id";

/** Whether an object has a log: one that was only ever read has not. */
export function hasLog({ kv }: DurableObjectStorage): boolean {
  return kv.get(EPOCH) !== undefined;
}

/**
 * A room's log in the object's SQLite database; made if there is none.
 *
 * @param makeEpoch Names a new log.
 */
export function openSqliteLog(storage: DurableObjectStorage, makeEpoch: () => string): Log {
  const { sql, kv } = storage;
  const create = () => {
    sql.exec(TABLES);
    const epoch = makeEpoch();
    kv.put(EPOCH, epoch);
    return epoch;
  };
  const epoch = kv.get<string>(EPOCH) ?? create();
  let last =
    sql.exec<{ seq: number | null }>("SELECT max(seq) AS seq FROM messages").one().seq ??
    kv.get<number>(LAST) ??
    0;

  const findOldestId = () =>
    sql.exec<{ ts: number | null }>("SELECT min(ts) AS ts FROM ids").one().ts ?? undefined;
  let oldestIdMs = kv.get<number>(OLDEST_ID) ?? findOldestId();

  const insert = ({ seq, uid, name, text, ts, id }: Entry) => {
    sql.exec(
      "INSERT INTO messages (seq, uid, name, text, ts) VALUES (?, ?, ?, ?, ?)",
      seq,
      uid,
      name,
      text,
      ts,
    );
    sql.exec("INSERT OR REPLACE INTO ids (uid, id, seq, ts) VALUES (?, ?, ?, ?)", uid, id, seq, ts);
  };

  return {
    epoch,
    last: () => last,
    oldest: () =>
      sql.exec<{ seq: number; ts: number }>("SELECT seq, ts FROM messages ORDER BY seq LIMIT 1").toArray()[0],
    oldestIdMs: () => oldestIdMs,
    append(entries) {
      storage.transactionSync(() => {
        for (const entry of entries) insert(entry);
        if (oldestIdMs === undefined && entries[0] !== undefined) kv.put(OLDEST_ID, entries[0].ts);
      });
      last = entries.at(-1)?.seq ?? last;
      oldestIdMs ??= entries[0]?.ts;
    },
    range: (from, to) =>
      sql
        .exec<Message & Record<string, SqlStorageValue>>(
          "SELECT seq, uid, name, text, ts FROM messages WHERE seq BETWEEN ? AND ? ORDER BY seq",
          from,
          to,
        )
        .toArray(),
    find: (uid, id) =>
      sql
        .exec<{ seq: number; ts: number }>("SELECT seq, ts FROM ids WHERE uid = ? AND id = ?", uid, id)
        .toArray()[0],
    trim({ seq, ms, idsMs }) {
      const isToForget = oldestIdMs !== undefined && oldestIdMs < idsMs;
      let oldestLeftMs = oldestIdMs;
      storage.transactionSync(() => {
        kv.put(LAST, last);
        // From the old end only, whatever the clock has done meanwhile: a log has no holes.
        sql.exec(
          "DELETE FROM messages WHERE seq < max(?, coalesce((SELECT seq FROM messages WHERE ts >= ? ORDER BY seq LIMIT 1), ?))",
          seq,
          ms,
          last + 1,
        );
        if (!isToForget) return;
        sql.exec("DELETE FROM ids WHERE ts < ?", idsMs);
        oldestLeftMs = findOldestId();
        if (oldestLeftMs === undefined) kv.delete(OLDEST_ID);
        else kv.put(OLDEST_ID, oldestLeftMs);
      });
      oldestIdMs = oldestLeftMs;
    },
  };
}

const TABLES = `
  CREATE TABLE messages (seq INTEGER PRIMARY KEY, uid TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL, ts INTEGER NOT NULL);
  CREATE TABLE ids (uid TEXT, id TEXT, seq INTEGER NOT NULL, ts INTEGER NOT NULL, PRIMARY KEY (uid, id)) WITHOUT ROWID;
`;
