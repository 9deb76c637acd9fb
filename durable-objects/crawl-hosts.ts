import type { FrontierStore, SilentHost } from "../src/crawl/frontier-store.ts";
import type { HostCursor, HostRow } from "../src/crawl/stub.ts";

/** What is counted of each host, so that nobody has to read all of its URLs. */
export interface HostCounts extends Pick<FrontierStore, "silent" | "keepSilent"> {
  /** Counts URLs that came after an id. */
  added(this: void, lastId: number): void;
  /** Counts how URLs ended, by a list of ids. */
  ended(this: void, ids: readonly number[]): void;
  /** Counts URLs of a host that were given up. */
  gaveUp(this: void, host: string, count: number): void;
}

/** Opens them beside the URLs of a crawl; for one of a version before, counts what there is. */
export function openHostCounts({ sql }: DurableObjectStorage): HostCounts {
  sql.exec(TABLE);
  const added = (lastId: number) => void sql.exec(ADDED, lastId);
  const ended = (ids: readonly number[]) => void sql.exec(ENDED, JSON.stringify(ids));
  if (sql.exec("SELECT 1 FROM hosts LIMIT 1").toArray().length === 0) {
    added(0);
    sql.exec(`${ENDED_OF} urls GROUP BY host ${COUNTED}`);
  }
  return {
    added,
    ended,
    gaveUp: (host, count) =>
      void sql.exec("UPDATE hosts SET failed = failed + ? WHERE host = ?", count, host),
    silent: () =>
      sql
        .exec<SilentHost & Record<string, SqlStorageValue>>(
          "SELECT host, times, untilMs FROM hosts WHERE times > 0",
        )
        .toArray(),
    keepSilent: ({ host, times, untilMs }) =>
      void sql.exec("UPDATE hosts SET times = ?, untilMs = ? WHERE host = ?", times, untilMs, host),
  };
}

/** The hosts of which most URLs are known first. @param after The last one that is known. */
export function listHosts(
  { sql }: DurableObjectStorage,
  { known, host }: HostCursor = { known: Number.MAX_SAFE_INTEGER, host: "" },
  limit: number,
): readonly HostRow[] {
  return sql
    .exec<HostRow & Record<string, SqlStorageValue>>(
      `SELECT host, known, known - pages - redirects - sitemaps - failed - keptOut AS waiting, pages, redirects,
         sitemaps, failed, keptOut
       FROM hosts WHERE (-known, host) > (?, ?) ORDER BY -known, host LIMIT ?`,
      -known,
      host,
      limit,
    )
    .toArray();
}

const TABLE = `
  CREATE TABLE IF NOT EXISTS hosts (
    host TEXT PRIMARY KEY, known INTEGER NOT NULL DEFAULT 0, pages INTEGER NOT NULL DEFAULT 0,
    redirects INTEGER NOT NULL DEFAULT 0, sitemaps INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,
    keptOut INTEGER NOT NULL DEFAULT 0, times INTEGER NOT NULL DEFAULT 0, untilMs INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS largest ON hosts (-known, host);
  CREATE INDEX IF NOT EXISTS silent ON hosts (host) WHERE times > 0;
`;

const ADDED = `
  INSERT INTO hosts (host, known) SELECT host, count(*) FROM urls WHERE id > ? GROUP BY host
  ON CONFLICT (host) DO UPDATE SET known = known + excluded.known`;

const ENDED_OF = `
  INSERT INTO hosts (host, pages, redirects, sitemaps, failed, keptOut)
  SELECT host, sum(status = 'page'), sum(status = 'redirect'), sum(status = 'sitemap'), sum(status = 'failed'),
    sum(status = 'kept-out') FROM`;

const COUNTED = `
  ON CONFLICT (host) DO UPDATE SET pages = pages + excluded.pages, redirects = redirects + excluded.redirects,
    sitemaps = sitemaps + excluded.sitemaps, failed = failed + excluded.failed, keptOut = keptOut + excluded.keptOut`;

const ENDED = `${ENDED_OF} json_each(?) JOIN urls ON urls.id = value GROUP BY host ${COUNTED}`;
