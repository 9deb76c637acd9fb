import type { RefusalKind } from "../refusal.ts";
import { type RequestFields, tokens } from "./fields.ts";

/** The rule that a request breaks. */
export interface Fault {
  readonly kind: RefusalKind;
  readonly reason: string;
}

/** As much of a request as its framing depends on. */
export interface Framed {
  readonly method: string;
  /** `1.1` of `HTTP/1.1`. */
  readonly httpVersion: string;
  readonly fields: RequestFields;
}

/** RFC 3986 §3.2.2: an address in brackets, or a name; then a port. */
const HOST = /^(\[[\da-f:.]+\]|[\w\-.~!$&'()*+,;=%]+)(:\d{0,5})?$/i;

/**
 * Finds what Node's parser lets through and what may not be sent on: the wrong version, `Host` missing, twice or
 * malformed (RFC 9112 §3.2), and codings or lengths where they make two readings of one message possible (§6).
 */
export function framingFault({ method, httpVersion, fields }: Framed): Fault | undefined {
  if (httpVersion !== "1.1" && httpVersion !== "1.0") {
    return { kind: "version", reason: `HTTP/${httpVersion} is not spoken here, HTTP/1.1 is` };
  }
  return hostFault(httpVersion, fields.hosts) ?? bodyFault(method, httpVersion, fields);
}

function hostFault(httpVersion: string, hosts: readonly string[]): Fault | undefined {
  if (hosts.length > 1) return malformed("there is more than one Host");
  const [host] = hosts;
  if (host === undefined) return httpVersion === "1.1" ? malformed("there is no Host") : undefined;
  return HOST.test(host) ? undefined : malformed("Host is neither a name nor an address");
}

function bodyFault(method: string, httpVersion: string, fields: RequestFields): Fault | undefined {
  const { contentLengths, transferEncodings } = fields;
  // The parser has refused these two; if it ever did not, two readers of one message would part here.
  if (contentLengths.length > 1) return malformed("there is more than one Content-Length");
  if (contentLengths.length > 0 && transferEncodings.length > 0) {
    return malformed("there are both Content-Length and Transfer-Encoding");
  }
  if (transferEncodings.length > 1) return malformed("there is more than one Transfer-Encoding");
  const [length] = contentLengths;
  if (length !== undefined && !/^\d+$/.test(length)) return malformed("Content-Length is not a number");
  if (method === "CONNECT" && (transferEncodings.length > 0 || Number(length ?? 0) > 0)) {
    return malformed("CONNECT comes with content");
  }
  const [coding] = transferEncodings;
  if (coding === undefined) return undefined;
  // RFC 9112 §6.1: an HTTP/1.0 sender does not know what it says there.
  if (httpVersion === "1.0") return malformed("HTTP/1.0 has no Transfer-Encoding");
  const codings = tokens(coding);
  if (codings.at(-1) !== "chunked") return malformed("Transfer-Encoding does not end in chunked");
  if (codings.length === 1) return undefined;
  return { kind: "unknown-coding", reason: "of the transfer codings only chunked is known here" };
}

function malformed(reason: string): Fault {
  return { kind: "malformed", reason };
}
