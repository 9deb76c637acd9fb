import type { ServerResponse } from "node:http";
import type { Ending } from "./faults.ts";
import type { Reply } from "./reply.ts";

/** Statuses whose answers have no body (RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5). */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/** Puts a reply on the wire, as far as its ending lets it. */
export function deliver(response: ServerResponse, reply: Reply, ending: Ending = "whole"): void {
  const { status, headers, body } = BODILESS.has(reply.status) ? withoutBody(reply) : withLength(reply);
  if (ending === "hang") return;
  if (ending === "reset") return resetConnection(response);
  response.writeHead(status, { ...headers });
  if (ending === "whole") {
    response.end(body);
    return;
  }
  response.flushHeaders();
  const bytes = Buffer.from(body);
  const half = bytes.subarray(0, Math.floor(bytes.length / 2));
  // The reset waits until the half is with the kernel, or it would be thrown away.
  response.write(half, () => ending === "resetBody" && resetConnection(response));
}

function resetConnection(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

function withLength({ status, headers, body }: Reply): Reply {
  return { status, headers: { "content-length": String(Buffer.byteLength(body)), ...headers }, body };
}

function withoutBody({ status, headers }: Reply): Reply {
  const { "content-type": _, ...others } = headers;
  return { status, headers: others, body: "" };
}
