/** Makes the tables of what a crawl keeps besides its frontier. */
export function makeTables({ sql }: DurableObjectStorage): void {
  sql.exec(TABLES);
}

/** `targets` is a list of URLs, in as many rows as they need; `start` is where a segment begins in the whole archive. */
const TABLES = `
  CREATE TABLE IF NOT EXISTS edges (seq INTEGER PRIMARY KEY, id INTEGER NOT NULL, targets TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS edgesOf ON edges (id, seq);
  CREATE TABLE IF NOT EXISTS segments (
    seq INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, bytes INTEGER NOT NULL, start INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS records (
    id INTEGER PRIMARY KEY, segment INTEGER NOT NULL, surt TEXT NOT NULL, atMs INTEGER NOT NULL, offset INTEGER NOT NULL,
    length INTEGER NOT NULL, status INTEGER NOT NULL, type TEXT NOT NULL, sha256 TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS sorted ON records (surt, id);
  CREATE TABLE IF NOT EXISTS hostNotes (
    host TEXT PRIMARY KEY, robots TEXT, crawlDelayMs INTEGER, pauseMs INTEGER, error TEXT, errorAtMs INTEGER
  );
`;
