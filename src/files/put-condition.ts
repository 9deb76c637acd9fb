import { refuseInput } from "../http/input.ts";
import type { BucketCondition, StoredFile } from "./bucket.ts";

const ONE_TAG = /^"([\x21\x23-\x7e]+)"$/;

/**
 * Reads under which condition a file may be stored: `If-None-Match: *` only where there is none, `If-Match: "…"` only in
 * place of this one (RFC 9110, 13.1).
 *
 * @throws {ProblemError} `bad-request` for conditions that cannot be given to a bucket.
 */
export function readPutCondition(headers: Headers): BucketCondition {
  const condition: BucketCondition = {};
  const ifNoneMatch = headers.get("If-None-Match")?.trim();
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch !== "*") throw refuseInput("If-None-Match", "expected `*` where a file is stored");
    condition.etagDoesNotMatch = "*";
  }
  const ifMatch = headers.get("If-Match")?.trim();
  if (ifMatch !== undefined) {
    const tag = ONE_TAG.exec(ifMatch)?.[1];
    if (tag === undefined)
      throw refuseInput("If-Match", "expected one strong entity tag where a file is stored");
    condition.etagMatches = tag;
  } else if (headers.has("If-Unmodified-Since")) {
    throw refuseInput("If-Unmodified-Since", "expected `If-Match` where a file is stored");
  }
  return condition;
}

/** Whether a condition holds for what is there, as a bucket judges it. */
export function holds({ etagMatches, etagDoesNotMatch }: BucketCondition, file: StoredFile | null): boolean {
  if (etagMatches !== undefined && file?.etag !== etagMatches) return false;
  return etagDoesNotMatch === undefined || file === null;
}
