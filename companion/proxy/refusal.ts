import { serializeList, Token } from "structured-headers";

/** How a refusal is said: its status, and its kind in `Proxy-Status` (RFC 9209 §2.3). */
interface Form {
  readonly status: number;
  readonly title: string;
  readonly error: string;
  readonly retryAfterS?: number;
}

/** Everything that this proxy answers by itself because something is wrong. */
const FORMS = {
  malformed: { status: 400, title: "Bad Request", error: "http_request_error" },
  guard: { status: 403, title: "Forbidden", error: "destination_ip_prohibited" },
  port: { status: 403, title: "Forbidden", error: "http_request_denied" },
  credentials: { status: 407, title: "Proxy Authentication Required", error: "http_request_denied" },
  "slow-request": { status: 408, title: "Request Timeout", error: "http_request_error" },
  expectation: { status: 417, title: "Expectation Failed", error: "http_request_error" },
  "too-many-of-one": {
    status: 429,
    title: "Too Many Requests",
    error: "connection_limit_reached",
    retryAfterS: 5,
  },
  "large-fields": { status: 431, title: "Request Header Fields Too Large", error: "http_request_error" },
  internal: { status: 500, title: "Internal Server Error", error: "proxy_internal_error" },
  "unknown-method": { status: 501, title: "Not Implemented", error: "http_request_error" },
  "unknown-coding": { status: 501, title: "Not Implemented", error: "http_request_error" },
  "dns-failed": { status: 502, title: "Bad Gateway", error: "dns_error" },
  refused: { status: 502, title: "Bad Gateway", error: "connection_refused" },
  unreachable: { status: 502, title: "Bad Gateway", error: "destination_ip_unroutable" },
  terminated: { status: 502, title: "Bad Gateway", error: "connection_terminated" },
  incomplete: { status: 502, title: "Bad Gateway", error: "http_response_incomplete" },
  "large-answer-fields": { status: 502, title: "Bad Gateway", error: "http_response_header_section_size" },
  "answer-coding": { status: 502, title: "Bad Gateway", error: "http_response_transfer_coding" },
  protocol: { status: 502, title: "Bad Gateway", error: "http_protocol_error" },
  "upgrade-failed": { status: 502, title: "Bad Gateway", error: "http_upgrade_failed" },
  "too-many": {
    status: 503,
    title: "Service Unavailable",
    error: "connection_limit_reached",
    retryAfterS: 5,
  },
  draining: { status: 503, title: "Service Unavailable", error: "http_request_denied", retryAfterS: 30 },
  "dns-timeout": { status: 504, title: "Gateway Timeout", error: "dns_timeout" },
  "connect-timeout": { status: 504, title: "Gateway Timeout", error: "connection_timeout" },
  "answer-timeout": { status: 504, title: "Gateway Timeout", error: "http_response_timeout" },
  version: { status: 505, title: "HTTP Version Not Supported", error: "http_request_error" },
  loop: { status: 508, title: "Loop Detected", error: "proxy_loop_detected" },
} as const satisfies Readonly<Record<string, Form>>;

export type RefusalKind = keyof typeof FORMS;

/** Why this proxy answers by itself. It says no more than the caller may know. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly kind: RefusalKind;

  constructor(kind: RefusalKind, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.kind = kind;
  }

  get form(): Form {
    return FORMS[this.kind];
  }
}

/** An answer of this proxy's own. */
export interface OwnAnswer {
  readonly status: number;
  readonly title: string;
  /** Name, value, name, value…, without what frames the body. */
  readonly fields: readonly string[];
  readonly body: Buffer;
}

/** Says a refusal as an answer: a line of text, and `Proxy-Status` by the name of `pseudonym`. */
export function answerRefusal({ kind, form, message }: Refusal, pseudonym: string): OwnAnswer {
  const { status, title, error, retryAfterS } = form;
  const fields = [
    "Content-Type",
    "text/plain; charset=utf-8",
    "Proxy-Status",
    serializeList([
      [
        new Token(pseudonym),
        new Map<string, Token | string>([
          ["error", new Token(error)],
          ["details", inAscii(message)],
        ]),
      ],
    ]),
    "Cache-Control",
    "no-store",
  ];
  if (kind === "credentials") fields.push("Proxy-Authenticate", 'Basic realm="proxy", charset="UTF-8"');
  if (retryAfterS !== undefined) fields.push("Retry-After", String(retryAfterS));
  return { status, title, fields, body: Buffer.from(`${title}: ${message}\n`) };
}

/** The bytes of an answer after which the connection is closed. */
export function bytesOf({ status, title, fields, body }: OwnAnswer, withBody = true): Buffer {
  let head = `HTTP/1.1 ${status} ${title}\r\nDate: ${new Date().toUTCString()}\r\n`;
  for (let at = 0; at < fields.length; at += 2) head += `${fields[at]}: ${fields[at + 1]}\r\n`;
  head += `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
  return withBody ? Buffer.concat([Buffer.from(head, "latin1"), body]) : Buffer.from(head, "latin1");
}

/** A structured string takes printable ASCII (RFC 9651 §3.3.3). */
function inAscii(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?");
}
