import type { Bucket } from "../../src/files/bucket.ts";

const PART_BYTES = 8 * 1024 ** 2;

/**
 * `/bare?url=…&key=…`: what a Worker written by hand does, with no check of anything: as fast as this R2 takes a file. One
 * `put` where the length is known, else parts one after the other.
 */
async function answer(request: Request, { FILES: files }: { readonly FILES: Bucket }): Promise<Response> {
  const { searchParams } = new URL(request.url);
  const key = searchParams.get("key") ?? "";
  const { body, headers } = await fetch(searchParams.get("url") ?? "");
  if (body === null) return new Response("no body", { status: 502 });
  const file = headers.has("Content-Length")
    ? await files.put(key, body, {})
    : await putInParts(files, key, body);
  return Response.json({ size: file?.size });
}

async function putInParts(files: Bucket, key: string, body: ReadableStream<Uint8Array<ArrayBuffer>>) {
  const upload = await files.createMultipartUpload(key, {});
  const parts = [];
  const reader = body.getReader({ mode: "byob" }) as unknown as AtLeastReader;
  for (let isOver = false; !isOver;) {
    const { done, value } = await reader.readAtLeast(PART_BYTES, new Uint8Array(PART_BYTES));
    if (value !== undefined && value.length > 0) parts.push(await upload.uploadPart(parts.length + 1, value));
    isOver = done || (value?.length ?? 0) < PART_BYTES;
  }
  return await upload.complete(parts);
}

/** What workerd adds to a reader of bytes; the types of Node, which read this too, do not know it. */
interface AtLeastReader {
  readAtLeast(
    bytes: number,
    view: Uint8Array<ArrayBuffer>,
  ): Promise<{ readonly done: boolean; readonly value?: Uint8Array<ArrayBuffer> }>;
}

// oxlint-disable-next-line import/no-default-export -- the runtime asks for it
export default { fetch: answer };
