/** An answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

const HEAD_END = Buffer.from("\r\n\r\n");
const LINE_END = Buffer.from("\r\n");

/**
 * Reads HTTP/1.1 answers from a connection, in whatever pieces they come (RFC 9112, 6 and 7): with a Content-Length
 * or in chunks without trailers, which is all that our contenders send.
 *
 * @returns Takes the next piece; gives the answer when it is whole. One answer at a time: nothing is pipelined.
 */
export function responseReader(): (piece: Buffer) => Answer | undefined {
  let read: Buffer = Buffer.alloc(0);
  return (piece) => {
    read = read.length === 0 ? piece : Buffer.concat([read, piece]);
    const headEnd = read.indexOf(HEAD_END);
    if (headEnd === -1) return undefined;
    const head = read.toString("latin1", 0, headEnd);
    const bodyStart = headEnd + HEAD_END.length;
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    const body = length === undefined ? readChunks(read, bodyStart) : slice(read, bodyStart, Number(length));
    if (body === undefined) return undefined;
    read = Buffer.alloc(0);
    return { status: Number(head.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length)), body };
  };
}

function slice(bytes: Buffer, start: number, length: number): Buffer | undefined {
  return bytes.length < start + length ? undefined : bytes.subarray(start, start + length);
}

function readChunks(bytes: Buffer, start: number): Buffer | undefined {
  const chunks: Buffer[] = [];
  let at = start;
  while (true) {
    const lineEnd = bytes.indexOf(LINE_END, at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    const chunk = slice(bytes, lineEnd + LINE_END.length, size + LINE_END.length);
    if (chunk === undefined) return undefined;
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, size));
    at = lineEnd + size + 2 * LINE_END.length;
  }
}
