import { normalizeEscapes } from "./escapes.ts";
import { isTracking } from "./tracking.ts";

/**
 * The key by which two URLs are one page: as the WHATWG parser writes them (default ports and dot segments are gone),
 * without fragment, user name and tracking parameters, with percent-escapes as RFC 3986 prefers. The query keeps its
 * order, for a server may mind it.
 */
export function canonicalKey(url: URL): string {
  return `${url.protocol}//${url.host}${normalizeEscapes(url.pathname)}${canonicalQuery(url.search)}`;
}

function canonicalQuery(search: string): string {
  if (search === "") return "";
  const kept = search
    .slice(1)
    .split("&")
    .filter((parameter) => !isTracking(parameter.split("=", 1)[0] ?? ""))
    .join("&");
  return kept === "" ? "" : `?${normalizeEscapes(kept)}`;
}
