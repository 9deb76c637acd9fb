import { gunzip } from "./gzip.ts";

/** An answer as an archive has it. */
interface Replayed {
  readonly status: number;
  readonly type: string | undefined;
  /** How the bytes are coded that nobody could decode. */
  readonly coding?: string | undefined;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Serves what an archive has, as what it is. It is in the sandbox of all that is under `/v1`: nothing of it runs. Its status is in a field: the answer is that the archive has it.
 */
export function replayResponse({ status, type, coding, bytes }: Replayed, atMs: number): Response {
  return new Response(bytes, {
    headers: {
      "Content-Type": type ?? "application/octet-stream",
      ...(coding !== undefined && { "Content-Encoding": coding }),
      "Cache-Control": "private, no-store",
      // RFC 7089, 2.1.1.
      "Memento-Datetime": new Date(atMs).toUTCString(),
      "Manifold-Archived-Status": String(status),
    },
  });
}

/**
 * Reads a record that `responseRecord` wrote, from its gzip member.
 *
 * @throws {TypeError} When it is none.
 */
export async function readResponseRecord(member: Uint8Array<ArrayBuffer>): Promise<Replayed> {
  const warc = splitHead(await gunzip(member));
  const length = Number(field(warc.head, "Content-Length"));
  const http = splitHead(warc.rest.slice(0, length));
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(http.head)?.[1]);
  if (!warc.head.startsWith("WARC/1.1") || Number.isNaN(status))
    throw new TypeError("Expected a record of WARC");
  const [type, coding] = ["Content-Type", "Content-Encoding"].map((name) => field(http.head, name));
  return { status, type, coding, bytes: http.rest };
}

function splitHead(bytes: Uint8Array<ArrayBuffer>) {
  // One character a byte, so that places in the text are places in the bytes.
  const end = Math.max(0, latin1.decode(bytes.subarray(0, MOST_HEAD_BYTES)).indexOf("\r\n\r\n"));
  return { head: decoder.decode(bytes.subarray(0, end)), rest: bytes.slice(end + 4) };
}

function field(head: string, name: string): string | undefined {
  const line = head.split("\r\n").find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line?.slice(name.length + 1).trim();
}

const MOST_HEAD_BYTES = 1024 * 1024;
const decoder = new TextDecoder();
const latin1 = new TextDecoder("latin1");
