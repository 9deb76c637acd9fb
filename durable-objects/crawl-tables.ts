/** Makes the tables of what a crawl keeps besides its frontier. */
export function makeTables({ sql }: DurableObjectStorage): void {
  sql.exec(TABLES);
}

/** `targets` is a list of URLs, in as many rows as they need. */
const TABLES = `
  CREATE TABLE IF NOT EXISTS edges (seq INTEGER PRIMARY KEY, id INTEGER NOT NULL, targets TEXT NOT NULL);
`;
