import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { linkAbort } from "#kernel";
import { openAccount } from "./account.ts";
import type { Forwarding } from "./forwarding.ts";
import { Refusal } from "./refusal.ts";
import { asRefusal, DRAINING, refuseSocket } from "./refuse.ts";
import { examineConnect } from "./rules/examine.ts";
import { joinTunnel } from "./tunnel.ts";
import { dial } from "./upstream/dial.ts";

/** Made once: an error is dear, and of this one nobody sees more than that it is there. */
const GONE = new Error("The client is gone");

/**
 * Serves a CONNECT (RFC 9110 §9.3.6).
 *
 * @param early What came behind it; it is for the destination.
 */
export async function serveTunnel(
  incoming: IncomingMessage,
  socket: Socket,
  early: Buffer,
  forwarding: Forwarding,
): Promise<void> {
  const { rules, options, dialling, log } = forwarding;
  const { method = "", url = "", httpVersion, rawHeaders } = incoming;
  using gone = linkAbort();
  const leave = () => gone.abort(GONE);
  socket.on("error", leave).once("close", leave);
  const destination = forwarding.isDraining()
    ? DRAINING
    : examineConnect({ method, url, httpVersion, raw: rawHeaders }, rules);
  const connection = forwarding.entryOf(socket);
  if (destination instanceof Refusal) {
    const { kind, message: why } = destination;
    log.info({ event: "tunnel", ok: false, method, peer: connection?.peer, kind, why });
    refuseSocket(socket, destination, rules.pseudonym);
    return;
  }

  const account = openAccount(forwarding, {
    kind: "tunnel",
    method,
    host: `${destination.hostname}:${destination.port}`,
    connection,
    cancel: () => socket.destroy(),
  });
  try {
    const origin = await dial(destination, "tunnel", dialling, gone.signal);
    account.enter("joined");
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    if (early.length > 0) origin.write(early);
    joinTunnel(socket, origin, options, account);
  } catch (error) {
    const refusal = asRefusal(error);
    if (gone.signal.aborted) account.close(false);
    else {
      account.close(false, refusal);
      refuseSocket(socket, refusal, rules.pseudonym);
    }
  }
}
