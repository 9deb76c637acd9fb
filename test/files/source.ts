import { type Clock, sleep } from "#kernel";

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
  {
    end = "end",
    chunk = 64 * 1024,
    wait,
  }: { end?: BodyEnd; chunk?: number; wait?: () => Promise<void> } = {},
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      await wait?.();
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
  /** The length that it says it has, in place of its own. */
  readonly says?: number;
  /** How long each chunk of 64 KiB takes. */
  readonly everyMs?: number;
}

/** Answers like a server with ranges: a 206 when `If-Range` is the file's tag, else all of it. */
export function serve(
  { file, etag, until, end, hasLength = true, says = file.length, everyMs = 0 }: Plan,
  headers: Headers,
  clock?: Clock,
): Response {
  const range = /^bytes=(\d+)-$/.exec(headers.get("Range") ?? "");
  const from = etag !== undefined && headers.get("If-Range") === etag ? Number(range?.[1] ?? 0) : 0;
  const fields = new Headers({ "Content-Type": "image/png", ...(etag !== undefined && { ETag: etag }) });
  if (hasLength) fields.set("Content-Length", String(says - from));
  if (from > 0) fields.set("Content-Range", `bytes ${from}-${file.length - 1}/${file.length}`);
  const body = bodyOf(file.slice(from, until), {
    ...(end !== undefined && { end }),
    ...(everyMs > 0 && { wait: async () => await sleep(everyMs, undefined, clock) }),
  });
  return new Response(body, { status: from > 0 ? 206 : 200, headers: fields });
}
