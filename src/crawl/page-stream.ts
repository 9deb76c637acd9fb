import { pageItem } from "./answers.ts";
import type { PageRow } from "./stub.ts";

/**
 * Writes pages as NDJSON, and asks for more as they are read.
 *
 * @param first The first ones.
 * @param next Those after a number; none, and the stream ends.
 */
export function streamPages(
  first: readonly PageRow[],
  next: (after: number) => Promise<readonly PageRow[]>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let rows = first;
  return new ReadableStream({
    async pull(controller) {
      const last = rows.at(-1);
      if (last === undefined) {
        controller.close();
        return;
      }
      controller.enqueue(encoder.encode(rows.map((row) => `${JSON.stringify(pageItem(row))}\n`).join("")));
      rows = await next(last.seq);
    },
  });
}
