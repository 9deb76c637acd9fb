/** Header fields that some routes go by, as `/openapi.json` tells of them. Those that every route takes are not among them. */
export const REQUEST_FIELDS = {
  "Idempotency-Key":
    "Makes a request that is sent again answer as the first did, and do nothing more (draft-ietf-httpapi-idempotency-key-header)",
  Prefer: "`wait=10` waits for the end for so many seconds (RFC 7240)",
  "If-Match": "Goes on only with this version (RFC 9110, 13.1.1)",
  "If-None-Match": "Goes on only with another version (RFC 9110, 13.1.2)",
  "If-Modified-Since": "Goes on only with a later version (RFC 9110, 13.1.3)",
  "If-Unmodified-Since": "Goes on only with no later version (RFC 9110, 13.1.4)",
  Range: "Asks for parts, as `bytes=0-99,-100` (RFC 9110, 14.2)",
  "If-Range": "Sends parts only of this version, and else all of it (RFC 9110, 13.1.5)",
  "Last-Event-ID": "The last event that was read",
} as const satisfies Record<string, string>;

/** One of them. */
export type RequestField = keyof typeof REQUEST_FIELDS;
