type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

/** A body that somebody looks at first, to see what it is. */
interface Rewindable {
  /** The body. Who cancels it leaves the rest where it is. */
  readonly look: Bytes;
  /** The body from its beginning, once nobody looks any more. */
  rewind(this: void): Bytes;
}

/** Makes a body so that its beginning can be read twice. @param mostBytes Nobody reads more than this the second time. */
export function rewindable(body: Bytes, mostBytes: number): Rewindable {
  const reader = body.getReader();
  const kept: Uint8Array<ArrayBuffer>[] = [];
  let seenBytes = 0;
  const look = async (controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>) => {
    const { done, value } = await reader.read();
    if (done) return controller.close();
    if (seenBytes <= mostBytes) kept.push(value);
    seenBytes += value.byteLength;
    controller.enqueue(value);
  };
  const again = async (controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>) => {
    const value = kept.shift() ?? (await reader.read()).value;
    if (value === undefined) controller.close();
    else controller.enqueue(value);
  };
  // Nothing ahead of the reader.
  const strategy = { highWaterMark: 0 };
  return {
    look: new ReadableStream({ pull: look }, strategy),
    rewind: () =>
      new ReadableStream({ pull: again, cancel: async (reason) => await reader.cancel(reason) }, strategy),
  };
}
