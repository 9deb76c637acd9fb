import { pageItem } from "./answers.ts";
import { csvLine } from "./csv.ts";
import type { PageItem } from "./requests.ts";
import { streamRows } from "./stream-rows.ts";
import type { PageRow } from "./stub.ts";

/** NDJSON: a JSON text a line. */
export const NDJSON = "application/x-ndjson";
/** CSV, as RFC 4180 has it. */
export const CSV = "text/csv";

/** Sends all pages in the form that `accept` asks for; `undefined` where it asks for neither NDJSON nor CSV. */
export function streamPages(
  accept: string,
  first: readonly PageRow[],
  next: (last: PageRow) => Promise<readonly PageRow[]>,
): Response | undefined {
  if (accept.includes(NDJSON)) {
    const stream = streamRows({ first, next, write: (row) => `${JSON.stringify(pageItem(row))}\n` });
    return new Response(stream, { headers: { "Content-Type": NDJSON } });
  }
  if (accept.includes(CSV)) {
    const write = (row: PageRow) => {
      const item = pageItem(row);
      return csvLine(COLUMNS.map((column) => item[column]));
    };
    const stream = streamRows({ first, next, write, head: csvLine(COLUMNS) });
    return new Response(stream, { headers: { "Content-Type": `${CSV}; charset=utf-8; header=present` } });
  }
  return undefined;
}

const COLUMNS = [
  "seq",
  "url",
  "status",
  "depth",
  "parent",
  "type",
  "bytes",
  "ms",
  "title",
  "links",
  "etag",
  "modified",
  "hash",
  "note",
  "at",
  "startedAt",
] as const satisfies readonly (keyof PageItem)[];
