/**
 * Fields of every answer under `/v1`, after OWASP's REST security cheat sheet: an answer is data, so nothing in it runs,
 * is framed or is guessed to be another type; nothing of a token's answer is kept by caches that others share.
 */
export const SECURITY_HEADERS = {
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "Strict-Transport-Security": "max-age=31536000",
  "X-Frame-Options": "DENY",
} as const;
