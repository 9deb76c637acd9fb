import { toBase64Url } from "../http/base64url.ts";

/** SHA-256, in base64url. */
export async function hashBytes(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return toBase64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}
