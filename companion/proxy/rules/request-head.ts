import type { Examined } from "./examine.ts";
import type { RawFields } from "./fields.ts";
import { isHopByHop } from "./hop-by-hop.ts";

/** What this proxy adds to a request. */
export interface Additions {
  /** By which it is known in `Via`. */
  readonly pseudonym: string;
  /** The client's address for `X-Forwarded-For`; nobody is told without it. */
  readonly forwardedFor: string | undefined;
}

/**
 * Writes the head of a request that goes on: the fields in their order and case, without those of the client's
 * connection; `Host` from the target, in its place (RFC 9112 §3.2.2); `Via` at the end.
 *
 * @param upgrade The protocol to change to, if the request asks for one that is passed on.
 */
export function requestHead(
  { method, httpVersion, target, fields }: Examined,
  raw: RawFields,
  { pseudonym, forwardedFor }: Additions,
  upgrade?: string,
): string {
  let head = `${method} ${target.path} HTTP/1.1\r\n`;
  if (fields.hosts.length === 0) head += `Host: ${target.authority}\r\n`;
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] ?? "";
    const lower = name.toLowerCase();
    if (lower === "host") head += `${name}: ${target.authority}\r\n`;
    // Only `chunked` has come this far, and it is by chunks that the body goes on.
    else if (lower === "transfer-encoding") head += `${name}: chunked\r\n`;
    else if (isHopByHop(lower, fields.connection)) continue;
    else head += `${name}: ${valueOf(lower, raw[at + 1] ?? "", method)}\r\n`;
  }
  head += `Via: ${httpVersion} ${pseudonym}\r\n`;
  if (forwardedFor !== undefined) head += `X-Forwarded-For: ${forwardedFor}\r\n`;
  if (upgrade !== undefined) head += `Connection: Upgrade\r\nUpgrade: ${upgrade}\r\n`;
  // Trailers come through here, so whoever takes them may be told.
  else if (fields.te.some((member) => member === "trailers")) head += "TE: trailers\r\nConnection: TE\r\n";
  return `${head}\r\n`;
}

/** One hop less to go (RFC 9110 §7.6.2), for the one method that still has any. */
function valueOf(name: string, value: string, method: string): string {
  return name === "max-forwards" && method === "OPTIONS" ? String(Number(value) - 1) : value;
}
