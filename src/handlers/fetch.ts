import * as z from "zod";
import { OutgoingHeaders } from "../http/outgoing-headers.ts";
import { task, type TaskType } from "../tasks/define.ts";
import { keepBody } from "./kept-body.ts";
import { failureOf, send } from "./outgoing.ts";

/** As JSON, text can take twice its bytes, and a result has 64 KiB. */
const MOST_KEPT_BYTES = 24_576;
const MOST_REDIRECTS = 5;
/** Methods that change nothing. */
const READS = new Set(["GET", "HEAD"]);
/** What is kept of an answer's fields. */
const KEPT_FIELDS = ["Content-Type", "ETag", "Last-Modified", "Location"];
const MOST_FIELD_CHARACTERS = 1_000;

const Payload = z
  .strictObject({
    url: z.string().max(8_192),
    method: z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]).default("GET"),
    headers: OutgoingHeaders.default({}),
    body: z.string().max(32_768).optional(),
    maxBytes: z.int().min(0).max(MOST_KEPT_BYTES).default(MOST_KEPT_BYTES),
  })
  .refine(({ method, body }) => body === undefined || !READS.has(method), {
    path: ["body"],
    message: "expected no body with GET and HEAD",
  });

/**
 * An HTTP call in the background: `{url, method?, headers?, body?, maxBytes?}`. The guard judges the address and that of
 * each redirect. The result is `{status, url, headers, body, encoding, isTruncated}`: at most `maxBytes` of the body,
 * in base64 when it is no text. What may be better later (408, 425, 429, 5xx) is tried again, not before `Retry-After`.
 *
 * @param epochMs By which a `Retry-After` that is a date is read.
 */
export function fetchTask(epochMs: () => number = () => Date.now()): TaskType {
  return task("fetch", {
    payload: Payload,
    timeoutMs: 30_000,
    async handle({ payload: { maxBytes, ...request }, services, signal, idempotencyKey }) {
      // An attempt may repeat what the other side has done already.
      const ownHeaders = { "Idempotency-Key": `"${idempotencyKey}"` };
      const response = await send(
        { ...request, ...(!READS.has(request.method) && { ownHeaders }) },
        { services, signal, mostRedirects: MOST_REDIRECTS },
      );
      const { status, url } = response;
      if (!response.ok) {
        await response.body?.cancel();
        throw failureOf(response, epochMs());
      }
      return { status, url, headers: fieldsOf(response), ...(await keepBody(response, maxBytes)) };
    },
  });
}

function fieldsOf({ headers }: Response): Record<string, string> {
  return Object.fromEntries(
    KEPT_FIELDS.flatMap((field) => {
      const text = headers.get(field);
      return text === null || text.length > MOST_FIELD_CHARACTERS ? [] : [[field.toLowerCase(), text]];
    }),
  );
}
