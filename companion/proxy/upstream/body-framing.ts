import { Refusal } from "../refusal.ts";
import { tokens } from "../rules/fields.ts";
import type { ResponseHead } from "../rules/response-head.ts";

/** How the end of a response's body is known (RFC 9112 §6.3). */
export type BodyFraming =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly bytes: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "close" };

/** How an answer is framed, and whether its connection may carry another one. */
export interface Framing {
  readonly body: BodyFraming;
  readonly keepsAlive: boolean;
}

/**
 * Finds how a response is framed. What could be read in two ways is refused: an origin behind which somebody else
 * reads differently is how one client's answer becomes another's.
 *
 * @throws {Refusal} Naming the rule.
 */
export function framingOf({ status, httpVersion, raw }: ResponseHead, method: string): Framing {
  let length: string | undefined;
  let coding: string | undefined;
  let connection: readonly string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const value = raw[at + 1] ?? "";
    switch (raw[at]?.toLowerCase()) {
      case "content-length":
        if (length !== undefined) throw broken("more than one Content-Length");
        length = value;
        break;
      case "transfer-encoding":
        if (coding !== undefined) throw broken("more than one Transfer-Encoding");
        coding = value;
        break;
      case "connection":
        connection = connection.length === 0 ? tokens(value) : [...connection, ...tokens(value)];
        break;
      default:
    }
  }
  if (length !== undefined && coding !== undefined) throw broken("both Content-Length and Transfer-Encoding");
  if (length !== undefined && !/^\d{1,15}$/.test(length)) throw broken("a Content-Length that is no number");
  if (coding !== undefined && httpVersion === "1.0") throw broken("a Transfer-Encoding in HTTP/1.0");
  if (coding !== undefined && coding.toLowerCase() !== "chunked") {
    throw new Refusal("answer-coding", "the origin's answer has a transfer coding that is not known here");
  }
  const keepsAlive =
    httpVersion === "1.1" ? !connection.includes("close") : connection.includes("keep-alive");
  const hasBody = method !== "HEAD" && status >= 200 && status !== 204 && status !== 304;
  if (!hasBody) return { body: { kind: "none" }, keepsAlive };
  if (coding !== undefined) return { body: { kind: "chunked" }, keepsAlive };
  if (length !== undefined) return { body: { kind: "length", bytes: Number(length) }, keepsAlive };
  return { body: { kind: "close" }, keepsAlive: false };
}

function broken(what: string): Refusal {
  return new Refusal("protocol", `the origin's answer has ${what}`);
}
