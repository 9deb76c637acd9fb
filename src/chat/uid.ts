import { sha256 } from "@noble/hashes/sha2.js";
import { toBase64Url } from "../http/base64url.ts";

/** Bytes of a uid: enough that no two meet. */
const UID_BYTES = 12;

/**
 * The public name of who has this `cid`: always the same in one log, another in every other, and nothing can be told
 * from it. Not by WebCrypto, which is asynchronous, and a join is one turn.
 */
export function uidOf(epoch: string, cid: string): string {
  return toBase64Url(sha256(new TextEncoder().encode(`${epoch}\n${cid}`)).subarray(0, UID_BYTES));
}
