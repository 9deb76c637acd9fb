import { fromBase64Url } from "../http/base64url.ts";
import type { Body } from "./read-body.ts";
import type { Capture } from "./warc.ts";

/** Makes of an answer that was read what an archive keeps of it. @param hash SHA-256, in base64url. */
export function captureOf(answer: {
  readonly id: number;
  readonly url: URL;
  readonly type: string;
  readonly response: Pick<Response, "status" | "statusText" | "headers">;
  readonly body: Body;
  readonly isDecoded: boolean;
  readonly hash: string;
  readonly atMs: number;
}): Capture {
  const { id, url, type, response, body, isDecoded, hash, atMs } = answer;
  const { status, statusText, headers } = response;
  const digest = Array.from(fromBase64Url(hash) ?? [], (byte) => byte.toString(16).padStart(2, "0"));
  const record = { id, url: url.href, atMs, status, statusText, headers, type, isDecoded };
  return { ...record, ...body, sha256: digest.join("") };
}
