/** How a body ends: as it should, too early, with a reset, or never. */
export type BodyEnd = "end" | "reset" | "stall";

/** The first bytes of a file of which each byte says where it is. */
export function fileOf(length: number, seed = 0): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) bytes[index] = index * 7 + seed + (index >> 8);
  return bytes;
}

/** A body in chunks, with an end of its own. */
export function bodyOf(
  bytes: Uint8Array<ArrayBuffer>,
  { end = "end", chunk = 64 * 1024 }: { end?: BodyEnd; chunk?: number } = {},
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      if (at < bytes.length) {
        controller.enqueue(bytes.slice(at, at + chunk));
        at += chunk;
      } else if (end === "end") controller.close();
      else if (end === "reset") controller.error(new Error("Connection reset"));
      else await new Promise(() => undefined);
    },
  });
}

/** What an answer is to be. */
export interface Plan {
  readonly file: Uint8Array<ArrayBuffer>;
  readonly etag?: string | undefined;
  /** So many bytes come before the end. */
  readonly until?: number;
  readonly end?: BodyEnd;
  readonly hasLength?: boolean;
}

/** Answers like a server with ranges: a 206 when `If-Range` is the file's tag, else all of it. */
export function serve({ file, etag, until, end, hasLength = true }: Plan, headers: Headers): Response {
  const range = /^bytes=(\d+)-$/.exec(headers.get("Range") ?? "");
  const from = etag !== undefined && headers.get("If-Range") === etag ? Number(range?.[1] ?? 0) : 0;
  const fields = new Headers({ "Content-Type": "image/png", ...(etag !== undefined && { ETag: etag }) });
  if (hasLength) fields.set("Content-Length", String(file.length - from));
  if (from > 0) fields.set("Content-Range", `bytes ${from}-${file.length - 1}/${file.length}`);
  const body = bodyOf(file.slice(from, until), { ...(end !== undefined && { end }) });
  return new Response(body, { status: from > 0 ? 206 : 200, headers: fields });
}
