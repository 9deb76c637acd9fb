/** An answer as it came, to be written into an archive. */
export interface Capture {
  /** Of the URL, in its crawl. */
  readonly id: number;
  readonly url: string;
  readonly atMs: number;
  readonly status: number;
  readonly statusText: string;
  readonly headers: Iterable<readonly [name: string, value: string]>;
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether there was more of it. */
  readonly isCut: boolean;
  /** Whether the bytes are not coded any more, whatever `Content-Encoding` says. */
  readonly isDecoded: boolean;
  /** SHA-256 of the bytes, in hexadecimal. */
  readonly sha256: string;
}

const encoder = new TextEncoder();
const NEWLINE = "\r\n";

/** Writes an answer as a record of WARC 1.1, uncompressed. @see https://iipc.github.io/warc-specifications/ */
export function responseRecord(capture: Capture, recordId: string): Uint8Array<ArrayBuffer> {
  const { url, atMs, status, statusText, bytes, isCut, sha256 } = capture;
  const http = [`HTTP/1.1 ${status} ${statusText}`, ...httpFields(capture), "", ""].join(NEWLINE);
  return record(
    {
      "WARC-Type": "response",
      "WARC-Record-ID": `<urn:uuid:${recordId}>`,
      "WARC-Target-URI": url,
      "WARC-Date": new Date(atMs).toISOString(),
      "WARC-Payload-Digest": `sha256:${sha256}`,
      ...(isCut && { "WARC-Truncated": "length" }),
      "Content-Type": "application/http; msgtype=response",
    },
    encoder.encode(http),
    bytes,
  );
}

/** Writes what a file of records begins with: who made it. */
export function infoRecord(
  fields: Readonly<Record<string, string>>,
  atMs: number,
  recordId: string,
): Uint8Array<ArrayBuffer> {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}${NEWLINE}`);
  return record(
    {
      "WARC-Type": "warcinfo",
      "WARC-Record-ID": `<urn:uuid:${recordId}>`,
      "WARC-Date": new Date(atMs).toISOString(),
      "Content-Type": "application/warc-fields",
    },
    encoder.encode(lines.join("")),
  );
}

/** What described the bytes on their way is not true of them any more; it stays under the name that others gave it. */
const OF_THE_WAY = ["transfer-encoding", "content-length"];

function httpFields({ headers, bytes, isDecoded }: Capture): readonly string[] {
  const ofTheWay = new Set(isDecoded ? [...OF_THE_WAY, "content-encoding"] : OF_THE_WAY);
  const fields = Array.from(headers, ([name, value]) =>
    ofTheWay.has(name.toLowerCase()) ? `X-Archive-Orig-${name}: ${value}` : `${name}: ${value}`,
  );
  return [...fields, `Content-Length: ${bytes.byteLength}`];
}

function record(
  fields: Readonly<Record<string, string>>,
  ...block: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> {
  const length = block.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const lines = Object.entries({ ...fields, "Content-Length": String(length) });
  const head = `WARC/1.1${NEWLINE}${lines.map(([name, value]) => `${name}: ${value}${NEWLINE}`).join("")}${NEWLINE}`;
  return concat([encoder.encode(head), ...block, encoder.encode(NEWLINE + NEWLINE)]);
}

/** Puts bytes behind one another. */
export function concat(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}
