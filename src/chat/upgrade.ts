import { refuseInput } from "../http/input.ts";
import { ProblemError } from "../http/problem.ts";
import { SUBPROTOCOL } from "./wire.ts";

/** The field in which a client lists the subprotocols that it speaks (RFC 6455, 11.3.4). */
const PROTOCOLS = "Sec-WebSocket-Protocol";

/**
 * Makes sure that a request asks for a WebSocket that speaks as rooms do.
 *
 * @throws {ProblemError} `upgrade-required`, or `bad-request` without the subprotocol.
 */
export function expectUpgrade({ headers }: Request): void {
  if (headers.get("Upgrade")?.toLowerCase() !== "websocket") {
    throw new ProblemError("upgrade-required", {
      detail: "Expected `Upgrade: websocket`",
      headers: { Upgrade: "websocket", Connection: "Upgrade" },
    });
  }
  const protocols = (headers.get(PROTOCOLS) ?? "").split(",").map((one) => one.trim());
  if (!protocols.includes(SUBPROTOCOL))
    throw refuseInput(PROTOCOLS, `expected it to list \`${SUBPROTOCOL}\``);
}
