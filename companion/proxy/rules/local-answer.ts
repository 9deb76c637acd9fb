import type { OwnAnswer } from "../refusal.ts";
import type { RawFields, RequestFields } from "./fields.ts";

/** What of a request is answered by this proxy in place of the origin. */
interface Asked {
  readonly method: string;
  readonly url: string;
  readonly httpVersion: string;
  readonly fields: RequestFields;
  readonly raw: RawFields;
}

/**
 * TRACE is answered here, and OPTIONS that has no hop left (RFC 9110 §7.6.2): who asks wants to see the proxy. TRACE
 * never goes further, for an origin that echoes requests also echoes what others have added to them.
 */
export function localAnswer(asked: Asked): OwnAnswer | undefined {
  if (asked.method === "TRACE") return trace(asked);
  if (asked.method !== "OPTIONS" || Number(asked.fields.maxForwards[0] ?? 1) > 0) return undefined;
  return {
    status: 200,
    title: "OK",
    fields: ["Allow", "GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH, TRACE, CONNECT"],
    body: Buffer.alloc(0),
  };
}

/** RFC 9110 §9.3.8: fields that are likely secret stay out of the echo. */
const SECRET = new Set(["authorization", "proxy-authorization", "cookie"]);

function trace({ method, url, httpVersion, raw }: Asked): OwnAnswer {
  let head = `${method} ${url.replace(/\/\/[^/?]*@/, "//")} HTTP/${httpVersion}\r\n`;
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] ?? "";
    if (!SECRET.has(name.toLowerCase())) head += `${name}: ${raw[at + 1]}\r\n`;
  }
  return {
    status: 200,
    title: "OK",
    fields: ["Content-Type", "message/http"],
    body: Buffer.from(`${head}\r\n`, "latin1"),
  };
}
