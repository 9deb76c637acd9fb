import type { LinkedPage } from "../src/crawl/stub.ts";
import type { Result } from "../src/crawl/wire.ts";

/** URLs in a row: of the longest ones, as many as a row of 2 MB holds. */
const MOST_IN_A_ROW = 400;

/** Keeps what pages link to; of the results of URLs that are no pages, nothing. */
export function keepEdges({ sql }: DurableObjectStorage, results: readonly Result[]): void {
  for (const result of results) {
    if (result.kind !== "page") continue;
    for (let first = 0; first < result.found.length; first += MOST_IN_A_ROW) {
      const targets = result.found.slice(first, first + MOST_IN_A_ROW).map(({ url }) => url);
      sql.exec(
        "INSERT INTO edges (id, targets) SELECT id, ? FROM pages WHERE id = ?",
        JSON.stringify(targets),
        result.id,
      );
    }
  }
}

/** What one call carries of them, in characters: an answer of 32 MB at most, and less is held at once. */
const MOST_CHARACTERS = 3_000_000;

/** Pages with what they link to, a row at least. @param after The number of the last row that is known. */
export function listEdges(
  { sql }: DurableObjectStorage,
  after: number,
  limit: number,
): readonly LinkedPage[] {
  const rows: LinkedPage[] = [];
  let characters = 0;
  for (const { targets, ...row } of sql.exec<{ seq: number; url: string; targets: string }>(
    "SELECT seq, url, targets FROM edges JOIN urls ON urls.id = edges.id WHERE seq > ? ORDER BY seq LIMIT ?",
    after,
    limit,
  )) {
    rows.push({ ...row, targets: JSON.parse(targets) as string[] }); // as written above
    characters += targets.length;
    if (characters > MOST_CHARACTERS) break;
  }
  return rows;
}
