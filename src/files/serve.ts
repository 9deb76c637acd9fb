import { ProblemError } from "../http/problem.ts";
import type { Bucket, OpenFixedLength, StoredBody, StoredFile } from "./bucket.ts";
import { layOutParts, type PartLayout, sizeOf } from "./byte-ranges.ts";
import { allowsRange, weighConditions } from "./conditions.ts";
import { contentDisposition, type Disposition } from "./disposition.ts";
import { type ByteRange, chooseRanges, contentRange } from "./ranges.ts";

/** What files are served with. */
export interface ServeOptions {
  readonly bucket: Bucket;
  readonly fixedLength: OpenFixedLength;
  /** Makes a boundary between parts that nobody can guess. */
  readonly makeId: () => string;
}

/** One request for a file. */
export interface FileRequest {
  readonly key: string;
  readonly isHead: boolean;
  readonly headers: Headers;
  readonly disposition: Disposition;
}

/**
 * Answers with a file, or with the parts of it that are asked for (RFC 9110, 13 and 14), as a stream.
 *
 * @throws {ProblemError} `not-found`, `precondition-failed`, `range-not-satisfiable`.
 */
export async function serveFile(request: FileRequest, options: ServeOptions): Promise<Response> {
  const { bucket } = options;
  for (let tries = 0; ; tries += 1) {
    const file = await bucket.head(request.key);
    if (file === null) throw missing(request.key);
    const answer = await answerWith(file, request, options);
    if (answer !== undefined) return answer;
    // Somebody stored another file between the two looks.
    if (tries === MOST_LOOKS)
      throw new Error(`\`${request.key}\` changed ${tries + 1} times while it was read`);
  }
}

const MOST_LOOKS = 4;

/** There is no such file. */
export function missing(key: string): ProblemError {
  return new ProblemError("not-found", { detail: `There is no file \`${key}\`` });
}

/** A condition does not hold. */
export function notAsDemanded(key: string): ProblemError {
  return new ProblemError("precondition-failed", { detail: `\`${key}\` is not as the condition demands` });
}

/** @returns Nothing when the file is another one by now. */
async function answerWith(
  file: StoredFile,
  request: FileRequest,
  options: ServeOptions,
): Promise<Response | undefined> {
  const fields = fieldsOf(file, request);
  const verdict = weighConditions(request.headers, file);
  if (verdict === "precondition-failed") throw notAsDemanded(file.key);
  if (verdict === "not-modified") return new Response(null, { status: 304, headers: validatorsOf(file) });
  if (request.isHead) {
    return new Response(null, { headers: { ...fields, "Content-Length": String(file.size) } });
  }
  const { headers } = request;
  const range = allowsRange(headers.get("If-Range"), file) ? headers.get("Range") : null;
  const chosen = chooseRanges(range, file.size);
  if (chosen.kind === "unsatisfiable") {
    const content = contentRange(undefined, file.size);
    throw new ProblemError("range-not-satisfiable", {
      detail: `\`${file.key}\` has ${file.size} bytes, and none of what was asked for`,
      headers: { "Content-Range": content, "Accept-Ranges": "bytes" },
    });
  }
  if (chosen.kind === "whole") {
    const found = await read(file, undefined, options.bucket);
    return found && new Response(found.body, { headers: fields });
  }
  const [first, ...others] = chosen.ranges;
  if (others.length > 0) return sendParts(file, chosen.ranges, fields, options);
  const found = await read(file, first, options.bucket);
  const content = contentRange(first, file.size);
  return found && new Response(found.body, { status: 206, headers: { ...fields, "Content-Range": content } });
}

function fieldsOf(file: StoredFile, { key, disposition }: FileRequest): Record<string, string> {
  return {
    "Content-Type": file.httpMetadata?.contentType ?? OCTETS,
    "Content-Disposition": contentDisposition(key, disposition),
    "Accept-Ranges": "bytes",
    ...validatorsOf(file),
  };
}

const OCTETS = "application/octet-stream";

function validatorsOf({ httpEtag, uploaded }: StoredFile): Record<string, string> {
  // Whoever keeps it asks before it uses it, and pays for no body.
  return { ETag: httpEtag, "Last-Modified": uploaded.toUTCString(), "Cache-Control": "private, no-cache" };
}

/** Reads this version of a file and no other. */
async function read(
  { key, etag }: StoredFile,
  range: ByteRange | undefined,
  bucket: Bucket,
): Promise<StoredBody | undefined> {
  const part = range === undefined ? {} : { range: { offset: range.start, length: sizeOf(range) } };
  const found = await bucket.get(key, { onlyIf: { etagMatches: etag }, ...part });
  return found !== null && "body" in found ? found : undefined;
}

function sendParts(
  file: StoredFile,
  ranges: readonly ByteRange[],
  fields: Readonly<Record<string, string>>,
  { bucket, fixedLength, makeId }: ServeOptions,
): Response {
  const { "Content-Type": contentType = OCTETS } = fields;
  const layout = layOutParts(ranges, { size: file.size, contentType, boundary: makeId() });
  const { readable, writable } = fixedLength(layout.length);
  // Whoever reads the answer sees the failure as a body that breaks off.
  copyParts(file, layout, writable, bucket).catch((error: unknown) =>
    writable.abort(error).catch(() => undefined),
  );
  const headers = { ...fields, "Content-Type": layout.contentType };
  return new Response(readable, { status: 206, headers });
}

async function copyParts(
  file: StoredFile,
  { parts, tail }: PartLayout,
  writable: WritableStream<Uint8Array>,
  bucket: Bucket,
): Promise<void> {
  const write = async (bytes: Uint8Array) => {
    const writer = writable.getWriter();
    await writer.write(bytes);
    writer.releaseLock();
  };
  for (const { range, head } of parts) {
    const found = await read(file, range, bucket);
    if (found === undefined) throw new Error(`\`${file.key}\` changed while its parts were read`);
    await write(head);
    await found.body.pipeTo(writable, { preventClose: true });
  }
  await write(tail);
  await writable.close();
}
