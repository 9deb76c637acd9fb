/** Letters, digits, hyphen, period, underscore and tilde (RFC 3986, 2.3). */
const UNRESERVED = /[\w.~-]/;

/** Ends with a percent sign that is waiting for its digits. */
const BEGUN = /%[\da-f]?$/i;

/**
 * Writes percent-escapes in the one way that RFC 3986 prefers (6.2.2.1, 6.2.2.2): in upper case, and none for what need
 * not be escaped. What is no escape stays as it is, and does not become one by what is written out after it.
 */
export function normalizeEscapes(text: string): string {
  if (!text.includes("%")) return text;
  return text.replace(/%([\da-f]{2})/gi, (escape, hex: string, at: number) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    const isFree = UNRESERVED.test(character) && !BEGUN.test(text.slice(Math.max(0, at - 2), at));
    return isFree ? character : escape.toUpperCase();
  });
}
