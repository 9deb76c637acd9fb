import QuickLRU from "quick-lru";
import type {
  Discovery,
  FrontierState,
  FrontierStore,
  LeasedUrl,
  Stage,
} from "../src/crawl/frontier-store.ts";
import { openHostCounts } from "./crawl-hosts.ts";

const STATE = "state";

/** A frontier's rows in an object's SQLite database; made if there are none. */
export function openSqliteFrontier(storage: DurableObjectStorage): FrontierStore {
  const { sql, kv } = storage;
  sql.exec(TABLES);
  const hosts = openHostCounts(storage);

  const isKnown = (key: string) => sql.exec("SELECT 1 FROM urls WHERE key = ?", key).toArray().length > 0;
  const lastId = () => sql.exec<{ id: number }>("SELECT ifnull(max(id), 0) AS id FROM urls").one().id;

  /** The best place of URLs that were found lately: most links are to what is known, and no better. */
  const lately = new QuickLRU<string, Pick<Discovery, "level" | "rank">>({ maxSize: MOST_LATELY });
  const isNoBetter = ({ key, level, rank }: Discovery) => {
    const best = lately.get(key);
    return best !== undefined && (best.level < level || (best.level === level && best.rank <= rank));
  };

  const addOne = (discovery: Discovery, maxVariants: number): void => {
    if (isNoBetter(discovery)) return;
    const { key, url, host, level, rank, parent, hops, place = 0 } = discovery;
    if (!hasRoomFor(storage, key, maxVariants) && !isKnown(key)) return;
    lately.set(key, { level, rank });
    sql.exec(ADD, key, url, host, pathOf(key), level, rank, place, parent ?? null, hops);
  };

  return {
    inOneStep: (run) => storage.transactionSync(run),
    load: () => kv.get<FrontierState>(STATE),
    save: (state) => kv.put(STATE, state),
    leases: () =>
      sql
        .exec<{ fence: number; untilMs: number; stage: Stage; ids: string }>(
          "SELECT fence, untilMs, stage, ids FROM batches ORDER BY fence",
        )
        .toArray()
        .map(({ ids, ...lease }) => ({ ...lease, ids: JSON.parse(ids) as number[] })), // as written below
    keepLease: ({ fence, untilMs, stage, ids }) =>
      void sql.exec(
        "INSERT OR REPLACE INTO batches VALUES (?, ?, ?, ?)",
        fence,
        untilMs,
        stage,
        JSON.stringify(ids),
      ),
    removeLease: (fence) => void sql.exec("DELETE FROM batches WHERE fence = ?", fence),
    add(discoveries, maxVariants) {
      const before = lastId();
      for (const one of discoveries) addOne(one, maxVariants);
      const added = lastId() - before;
      if (added > 0) hosts.added(before);
      return added;
    },
    nextLevel: () =>
      sql.exec<{ level: number | null }>("SELECT min(level) AS level FROM urls WHERE status = 'queued'").one()
        .level ?? undefined,
    place: (level) =>
      void sql.exec(
        `UPDATE urls SET place = sorted.place FROM (
           SELECT id, row_number() OVER (ORDER BY rank, id) AS place FROM urls WHERE status = 'queued' AND level = ?
         ) AS sorted WHERE urls.id = sorted.id`,
        level,
      ),
    hosts: (level) =>
      sql
        .exec<{ host: string }>("SELECT DISTINCT host FROM urls WHERE status = 'queued' AND level = ?", level)
        .toArray()
        .map(({ host }) => host),
    take: (level, host, nowMs, limit) =>
      sql
        .exec<LeasedUrl & Record<string, SqlStorageValue>>(
          `UPDATE urls SET status = 'leased' WHERE id IN (
             SELECT id FROM urls WHERE ${WAITING} AND dueMs <= ?
             ORDER BY tries, place, id LIMIT ?
           ) RETURNING ${LEASED}`,
          level,
          host,
          nowMs,
          limit,
        )
        .toArray()
        .toSorted((a, b) => a.tries - b.tries || a.place - b.place || a.id - b.id),
    leased: (ids) =>
      sql
        .exec<LeasedUrl & Record<string, SqlStorageValue>>(
          `SELECT ${LEASED} FROM json_each(?) JOIN urls ON urls.id = value ORDER BY json_each.id`,
          JSON.stringify(ids),
        )
        .toArray(),
    putBack: (ids, dueMs, { tries, lost }) =>
      void sql.exec(
        `UPDATE urls SET status = 'queued', dueMs = ?, tries = tries + ?, lost = lost + ?
         WHERE id IN (SELECT value FROM json_each(?))`,
        dueMs,
        tries,
        lost,
        JSON.stringify(ids),
      ),
    readdress: (id, url, hops) =>
      void sql.exec("UPDATE urls SET url = ?, hops = ? WHERE id = ?", url, hops, id),
    settle(results, nowMs) {
      if (results.length === 0) return;
      const ends = results.map(({ id, settled }) => [
        id,
        settled.kind,
        settled.kind === "redirect" ? settled.to : "reason" in settled ? settled.reason : null,
      ]);
      const pages = results.flatMap(({ id, settled }) =>
        settled.kind === "page" ? [[id, settled.page.hash ?? null, JSON.stringify(settled.page)]] : [],
      );
      sql.exec(END, JSON.stringify(ends));
      sql.exec(KEEP_PAGES, nowMs, JSON.stringify(pages));
      hosts.ended(results.map(({ id }) => id));
    },
    copies: (hashes) =>
      new Map(
        sql
          .exec<{ hash: string; n: number }>(
            "SELECT hash, count(*) AS n FROM pages WHERE hash IN (SELECT value FROM json_each(?)) GROUP BY hash",
            JSON.stringify(hashes),
          )
          .toArray()
          .map(({ hash, n }) => [hash, n]),
      ),
    silent: hosts.silent,
    keepSilent: hosts.keepSilent,
    giveUp(level, host, reason) {
      const { count } = sql
        .exec<{ count: number }>(`SELECT count(*) AS count FROM urls WHERE ${WAITING}`, level, host)
        .one();
      sql.exec(`UPDATE urls SET status = 'failed', reason = ? WHERE ${WAITING}`, reason, level, host);
      hosts.gaveUp(host, count);
      return count;
    },
    firstDueMs: (level, host) =>
      sql
        .exec<{ dueMs: number | null }>(`SELECT min(dueMs) AS dueMs FROM urls WHERE ${WAITING}`, level, host)
        .one().dueMs ?? undefined,
  };
}

/** Whether one path has fewer queries than it may have; a key without a query always has room. */
export function hasRoomFor({ sql }: DurableObjectStorage, key: string, maxVariants: number): boolean {
  const path = pathOf(key);
  if (path === null) return true;
  return sql.exec<{ n: number }>("SELECT count(*) AS n FROM urls WHERE path = ?", path).one().n < maxVariants;
}

function pathOf(key: string): string | null {
  return key.includes("?") ? (key.split("?", 1)[0] ?? "") : null;
}

/** Entries of some hundred bytes. */
const MOST_LATELY = 10_000;

/** One that waits moves up; of any other, it is known who led there first. */
const ADD = `
  INSERT INTO urls (key, url, host, path, level, rank, place, parent, hops) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (key) DO UPDATE SET level = excluded.level, rank = excluded.rank, parent = excluded.parent,
    url = iif(status = 'queued', excluded.url, url), place = iif(status = 'queued', excluded.place, place),
    hops = iif(status = 'queued', excluded.hops, hops)
  WHERE (excluded.level, excluded.rank) < (level, rank)`;

const END = `
  UPDATE urls SET status = ended.value ->> 1, reason = ended.value ->> 2
  FROM json_each(?) AS ended WHERE urls.id = ended.value ->> 0`;

const KEEP_PAGES = `
  INSERT INTO pages (id, atMs, hash, record)
  SELECT value ->> 0, ?, value ->> 1, value ->> 2 FROM json_each(?)`;

const WAITING = "status = 'queued' AND level = ? AND host = ?";

const LEASED = "urls.id AS id, url, host, place, tries, hops, lost";

/** An index `waiting` was there before `due`. `status` is `queued`, `leased`, or how it ended; `path` is that of a key with a query. */
const TABLES = `
  CREATE TABLE IF NOT EXISTS urls (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, url TEXT NOT NULL, host TEXT NOT NULL, path TEXT,
    level INTEGER NOT NULL, rank INTEGER NOT NULL, place INTEGER NOT NULL, parent INTEGER, hops INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, lost INTEGER NOT NULL DEFAULT 0, dueMs INTEGER NOT NULL DEFAULT 0,
    status TEXT NOT NULL DEFAULT 'queued', reason TEXT
  );
  CREATE INDEX IF NOT EXISTS due ON urls (level, host, tries, place) WHERE status = 'queued';
  DROP INDEX IF EXISTS waiting;
  CREATE INDEX IF NOT EXISTS variants ON urls (path) WHERE path IS NOT NULL;
  CREATE TABLE IF NOT EXISTS pages (
    seq INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE, atMs INTEGER NOT NULL, hash TEXT, record TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS contents ON pages (hash) WHERE hash IS NOT NULL;
  CREATE TABLE IF NOT EXISTS batches (
    fence INTEGER PRIMARY KEY, untilMs INTEGER NOT NULL, stage TEXT NOT NULL, ids TEXT NOT NULL
  );
`;
