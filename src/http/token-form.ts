import { toBase64Url } from "./base64url.ts";

/** How many random bytes a token has: 256 bits, which nobody guesses. */
const TOKEN_BYTES = 32;

/** A prefix that scanners of leaked secrets can look for, and 43 characters of base64url. */
const TOKEN = /^mf_[\w-]{43}$/;

/** A token, or so much of one that it should not be seen: what is shown may have been cut off. */
const MUCH_OF_ONE = /mf_[\w-]{12,}/g;

/** Makes a token from random bytes. */
export function makeToken(randomBytes: (count: number) => Uint8Array): string {
  return `mf_${toBase64Url(randomBytes(TOKEN_BYTES))}`;
}

/** Whether a text has the form of a token. What has not is none, whatever its hash. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** A text without the tokens in it: for messages and logs, where what a caller sent may show up. */
export function hideTokens(text: string): string {
  // Most texts have none, and this is on the way of every line of log.
  return text.includes("mf_") ? text.replaceAll(MUCH_OF_ONE, "mf_…") : text;
}

/** What is kept of a token: SHA-256 needs no salt for 256 random bits. */
export async function hashToken(token: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token)));
}
