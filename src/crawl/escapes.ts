/** Letters, digits, hyphen, period, underscore and tilde (RFC 3986, 2.3). */
const UNRESERVED = /[\w.~-]/;

/**
 * Writes percent-escapes in the one way that RFC 3986 prefers (6.2.2.1, 6.2.2.2): in upper case, and none for what need
 * not be escaped. What is no escape stays as it is.
 */
export function normalizeEscapes(text: string): string {
  if (!text.includes("%")) return text;
  return text.replace(/%([\da-f]{2})/gi, (escape, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return UNRESERVED.test(character) ? character : escape.toUpperCase();
  });
}
