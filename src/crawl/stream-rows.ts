/** What is sent of rows, and where more of them are. */
interface RowStream<R> {
  /** The first ones. */
  readonly first: readonly R[];
  /** Those after a row; none, and the stream ends. Is asked when what came before has been read. */
  readonly next: (last: R) => Promise<readonly R[]>;
  readonly write: (row: R) => string;
  /** Comes before all rows. */
  readonly head?: string;
}

/** Sends rows as text, as they are read: no more than one part of them is in memory. */
export function streamRows<R>({ first, next, write, head = "" }: RowStream<R>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let before = head;
  let rows: readonly R[] | undefined = first;
  let last: R | undefined;
  return new ReadableStream(
    {
      async pull(controller) {
        rows ??= last === undefined ? [] : await next(last);
        last = rows.at(-1);
        const text = before + rows.map(write).join("");
        if (text !== "") controller.enqueue(encoder.encode(text));
        if (last === undefined) controller.close();
        rows = undefined;
        before = "";
      },
    },
    // Nothing ahead of the reader.
    { highWaterMark: 0 },
  );
}
