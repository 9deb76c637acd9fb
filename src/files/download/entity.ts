import { parseRetryAfter } from "../../http/retry-after.ts";
import { isMediaType } from "../media-type.ts";
import { DownloadError, refuse } from "./failure.ts";

/** What an answer says of the file that it carries. */
export interface Entity {
  /** Of the whole file; `undefined` where nobody says it. */
  readonly length: number | undefined;
  /** Strong, so that what comes later can be known to be of the same file; `undefined` where there is none. */
  readonly etag: string | undefined;
  readonly contentType: string | undefined;
}

/** Statuses that may be others later, besides those of a server in trouble; 206 and 416 when a rest was asked for in vain. */
const LATER = new Set([206, 408, 416, 425, 429]);

/**
 * Reads what a whole answer says of its file.
 *
 * @throws {DownloadError} When it is not a file.
 */
export function readEntity({ status, headers }: Response, nowEpochMs: number): Entity {
  if (status !== 200) {
    const date = headers.get("Date");
    throw new DownloadError(`It answered with status ${status}`, {
      isRetryable: status >= 500 || LATER.has(status),
      retryAfterMs: parseRetryAfter(headers.get("Retry-After"), { nowEpochMs, date }),
    });
  }
  const said = headers.get("Content-Type") ?? "";
  const contentType = isMediaType(said) ? said : undefined;
  // The platform decodes it, and neither length nor ranges are those of what is read.
  if ((headers.get("Content-Encoding") ?? "identity") !== "identity") {
    return { length: undefined, etag: undefined, contentType };
  }
  const text = headers.get("Content-Length");
  if (text !== null && !/^\d{1,15}$/.test(text))
    throw refuse(`It says that its length is \`${text.slice(0, 50)}\``);
  const etag = headers.get("ETag") ?? "";
  return {
    length: text === null ? undefined : Number(text),
    etag: /^"[\x21\x23-\x7e]*"$/.test(etag) ? etag : undefined,
    contentType,
  };
}

/** The fields that ask for the rest of a file (RFC 9110, 13.1.5 and 14.2), if it is still the same. */
export function fieldsForRest(etag: string, fromByte: number): Record<string, string> {
  return { Range: `bytes=${fromByte}-`, "If-Range": etag };
}

/**
 * Whether an answer says that there is no rest: as many bytes have come as the file has (RFC 9110, 15.5.17). It speaks of
 * the same file, for of another one `If-Range` would have brought all.
 */
export function isEnd({ status, headers }: Response, { etag }: Entity, bytes: number): boolean {
  if (status !== 416 || (headers.get("ETag") ?? etag) !== etag) return false;
  const [, total] = /^bytes \*\/(\d+)$/i.exec(headers.get("Content-Range") ?? "") ?? [];
  return Number(total) === bytes;
}

/** Whether an answer is the rest that was asked for: of the same file, from that byte to its end. */
export function isRest({ status, headers }: Response, { length, etag }: Entity, fromByte: number): boolean {
  if (status !== 206 || headers.get("ETag") !== etag) return false;
  const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+)$/i.exec(headers.get("Content-Range") ?? "") ?? [];
  if (Number(first) !== fromByte || Number(last) !== Number(total) - 1) return false;
  return length === undefined || Number(total) === length;
}
