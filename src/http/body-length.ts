/**
 * How long a body is, where its fields say it and can be believed: not if it is compressed, for that is the length
 * before, nor if it comes in chunks, which override it (RFC 9112, 6.3; workerd 2026-10 hands out both fields).
 */
export function bodyLength(headers: Headers): number | undefined {
  if (headers.has("Content-Encoding") || headers.has("Transfer-Encoding")) return undefined;
  const text = headers.get("Content-Length") ?? "";
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
