/** Crockford's digits, of which a ULID is made; `toString(32)` has others. */
const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * The id of the crawl that a caller asks for under a key: the same one each time, so that nothing else has to remember
 * it. It is written as a ULID is, and tells no time.
 */
export async function crawlIdFor(caller: string, key: string): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify([caller, key]));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  const bits = hash.subarray(0, 16).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const digits = bits.toString(32).replace(/./g, (digit) => DIGITS[Number.parseInt(digit, 32)] ?? "");
  return `crawl_${digits.padStart(26, "0")}`;
}
