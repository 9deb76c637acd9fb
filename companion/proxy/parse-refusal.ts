import { Refusal } from "./refusal.ts";

/**
 * Says what Node's parser found wrong; `undefined` when nobody is left to be told. Its codes are those of llhttp, seen
 * on Node 24.
 */
export function parseRefusal(
  error: Error & { readonly code?: string | undefined; readonly reason?: string },
): Refusal | undefined {
  const { code = "", reason = "" } = error;
  if (code === "HPE_HEADER_OVERFLOW") return new Refusal("large-fields", "the header section is too large");
  if (code === "ERR_HTTP_REQUEST_TIMEOUT")
    return new Refusal("slow-request", "the request did not come in time");
  // llhttp says the same code of a version that is none and of what follows it.
  if (code === "HPE_PAUSED_H2_UPGRADE" || reason === "Invalid HTTP version") {
    return new Refusal("version", "HTTP/1.1 is spoken here");
  }
  if (code === "HPE_INVALID_METHOD" && reason === "Invalid method encountered") {
    return new Refusal("unknown-method", "this method is not known here");
  }
  return code.startsWith("HPE_") ? new Refusal("malformed", "the request cannot be read") : undefined;
}
