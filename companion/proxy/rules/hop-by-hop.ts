/** Fields that belong to one connection whether or not `Connection` names them (RFC 9110 §7.6.1, and older ones). */
const HOP_BY_HOP = new Set([
  "connection",
  "proxy-connection",
  "keep-alive",
  "te",
  "transfer-encoding",
  "upgrade",
  "proxy-authorization",
  "proxy-authenticate",
  "proxy-authentication-info",
]);

/** What a sender may not take from the other side by naming it in `Connection`: it says where a message goes or ends. */
const NEVER_NAMED = new Set(["host", "content-length", "via"]);

/**
 * Whether a field stays on the connection on which it came.
 *
 * @param name In lower case.
 * @param connection The options of `Connection`, in lower case.
 */
export function isHopByHop(name: string, connection: readonly string[]): boolean {
  if (HOP_BY_HOP.has(name)) return true;
  return connection.length > 0 && connection.includes(name) && !NEVER_NAMED.has(name);
}

/** Fields that a trailer section may not have: they come too late to be obeyed, and who obeys is deceived (§6.5.1). */
const NEVER_LATE = new Set([
  "content-length",
  "content-encoding",
  "content-type",
  "content-range",
  "trailer",
  "host",
  "authorization",
  "cookie",
  "set-cookie",
  "cache-control",
  "max-forwards",
  "expect",
  "via",
]);

/** Trailer fields that go on: name and value. */
export function passingTrailers(raw: readonly string[]): [string, string][] {
  const passing: [string, string][] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const [name = "", value = ""] = [raw[at], raw[at + 1]];
    const lower = name.toLowerCase();
    if (!HOP_BY_HOP.has(lower) && !NEVER_LATE.has(lower)) passing.push([name, value]);
  }
  return passing;
}
