import { type Context, Hono } from "hono";
import type * as z from "zod";
import { fromBase64Url, toBase64Url } from "../http/base64url.ts";
import { bodyLength } from "../http/body-length.ts";
import type { CallerVariables } from "../http/caller.ts";
import { guarded } from "../http/guarded.ts";
import { refuseInput } from "../http/input.ts";
import type { StoredFile } from "./bucket.ts";
import { allowsDelete } from "./conditions.ts";
import { MAX_KEY_BYTES } from "./key.ts";
import { isMediaType, NO_MEDIA_TYPE } from "./media-type.ts";
import { holds, readPutCondition } from "./put-condition.ts";
import { reachable } from "./reachable.ts";
import { FileEntry, FilePage, FilePath, Listing, Reading } from "./requests.ts";
import { missing, notAsDemanded, serveFile, type ServeOptions } from "./serve.ts";
import { storeUpload } from "./store.ts";

const listing = guarded({
  scope: "files:read",
  summary: "Lists files, in the order of their keys",
  takes: { query: Listing },
  answers: { 200: { description: "A page", schema: FilePage } },
  problems: ["files-unavailable"],
});

const reading = guarded({
  scope: "files:read",
  summary: "Reads a file, or the ranges of it that `Range` asks for",
  description:
    "Conditions (`If-None-Match`, `If-Modified-Since`, `If-Match`, `If-Range`) are those of RFC 9110, 13.",
  takes: { param: FilePath, query: Reading },
  fields: ["If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "Range", "If-Range"],
  answers: {
    200: { description: "The file" },
    206: { description: "A range, or several as `multipart/byteranges`" },
    304: { description: "It is what you have" },
  },
  problems: ["not-found", "precondition-failed", "range-not-satisfiable", "files-unavailable"],
});

const storing = guarded({
  scope: "files:write",
  summary: "Stores the body as a file",
  description:
    "`If-None-Match: *` stores only what is new, `If-Match` only in place of the version that it names.",
  takes: { param: FilePath },
  fields: ["If-Match", "If-None-Match"],
  rawBody: "*/*",
  answers: {
    200: { description: "Stored in place of another", schema: FileEntry },
    201: { description: "Stored", schema: FileEntry },
  },
  problems: ["precondition-failed", "content-too-large", "client-closed-request", "files-unavailable"],
});

const removing = guarded({
  scope: "files:write",
  summary: "Deletes a file",
  description: "`If-Match` deletes only the version that it names.",
  takes: { param: FilePath },
  fields: ["If-Match", "If-None-Match", "If-Unmodified-Since"],
  answers: { 204: { description: "It is gone" } },
  problems: ["not-found", "precondition-failed", "files-unavailable"],
});

/** Offers the files of a bucket. */
export function fileRoutes(given: ServeOptions) {
  const options = { ...given, bucket: reachable(given.bucket) };
  const { bucket } = options;
  return new Hono<CallerVariables>()
    .get("/v1/files", listing, async (c) => {
      const { prefix, cursor, limit } = c.req.valid("query");
      const startAfter = cursor === undefined ? undefined : keyOf(cursor);
      const page = await bucket.list({
        limit,
        include: ["httpMetadata"],
        ...(prefix !== undefined && { prefix }),
        ...(startAfter !== undefined && { startAfter }),
      });
      const last = page.objects.at(-1);
      const next = page.truncated && last !== undefined ? cursorOf(last.key) : undefined;
      const body: z.infer<typeof FilePage> = {
        items: page.objects.map(entryOf),
        ...(next !== undefined && { cursor: next }),
      };
      return c.json(body, 200);
    })
    .get("/v1/files/:key{.+}", reading, async (c) => {
      const { key } = c.req.valid("param");
      const { disposition } = c.req.valid("query");
      const { method, headers } = c.req.raw;
      return await serveFile({ key, isHead: method === "HEAD", headers, disposition }, options);
    })
    .put("/v1/files/:key{.+}", storing, async (c) => {
      const { key } = c.req.valid("param");
      expectPlainBody(c.req.raw.headers);
      const onlyIf = readPutCondition(c.req.raw.headers);
      const before = await bucket.head(key);
      if (!holds(onlyIf, before)) {
        // The bucket would say so after the last byte.
        await c.req.raw.body?.cancel();
        throw notAsDemanded(key);
      }
      const file = await storeUpload({ key, onlyIf, ...bodyOf(c) }, options);
      if (file === null) throw notAsDemanded(key);
      const body: z.infer<typeof FileEntry> = entryOf(file);
      return c.json(body, before === null ? 201 : 200, { ETag: file.httpEtag });
    })
    .delete("/v1/files/:key{.+}", removing, async (c) => {
      const { key } = c.req.valid("param");
      const file = await bucket.head(key);
      if (file === null) throw missing(key);
      // R2 deletes unconditionally: another version that appears in between is deleted as well.
      if (!allowsDelete(c.req.raw.headers, file)) throw notAsDemanded(key);
      await bucket.delete(key);
      return c.body(null, 204);
    });
}

/** Where a page ends: its last key. R2 does not say of a cursor of its own whether it made it. */
const cursorOf = (key: string) => toBase64Url(new TextEncoder().encode(key));

function keyOf(cursor: string): string {
  const bytes = fromBase64Url(cursor);
  const key = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true }).decode(bytes);
  if (bytes === undefined || bytes.length > MAX_KEY_BYTES || cursorOf(key) !== cursor)
    throw refuseInput("cursor", "expected the `cursor` of a page before");
  return key;
}

function bodyOf({ req }: Context) {
  const contentType = req.raw.headers.get("Content-Type") ?? "";
  return {
    body: req.raw.body,
    length: bodyLength(req.raw.headers),
    contentType: contentType === "" ? undefined : contentType,
  };
}

/** A file is stored and served as it is: what is packed for the way would come out packed, and of a type that is none. */
function expectPlainBody(headers: Headers): void {
  const contentType = headers.get("Content-Type") ?? "";
  if (contentType !== "" && !isMediaType(contentType)) throw refuseInput("Content-Type", NO_MEDIA_TYPE);
  for (const name of ["Content-Encoding", "Content-Range"]) {
    if (headers.has(name)) throw refuseInput(name, "expected the whole file as it is");
  }
}

function entryOf({ key, size, httpEtag, uploaded, httpMetadata }: StoredFile): z.infer<typeof FileEntry> {
  const contentType = httpMetadata?.contentType;
  return {
    key,
    size,
    etag: httpEtag,
    uploadedAt: uploaded.toISOString(),
    ...(contentType !== undefined && { contentType }),
  };
}
