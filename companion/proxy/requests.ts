import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { linkAbort, type LinkedAbort } from "#kernel";
import { openAccount } from "./account.ts";
import { interimHead, runExchange } from "./exchange.ts";
import type { Forwarding } from "./forwarding.ts";
import type { Refusal } from "./refusal.ts";
import { asRefusal, DRAINING, sendAnswer, sendRefusal } from "./refuse.ts";
import { examineRequest } from "./rules/examine.ts";
import { requestHead } from "./rules/request-head.ts";
import { joinTunnel } from "./tunnel.ts";
import { dial } from "./upstream/dial.ts";

/**
 * Serves a request that is not CONNECT, to its end.
 *
 * @param early What came behind a request that asks for WebSocket, for whoever is asked for it.
 */
export async function serveRequest(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  forwarding: Forwarding,
  early?: Buffer,
): Promise<void> {
  const { rules, options, dialling, pool, log } = forwarding;
  const { pseudonym } = rules;
  const { method = "", url = "", httpVersion, rawHeaders, socket } = incoming;
  const examination = forwarding.isDraining()
    ? ({ outcome: "refuse", refusal: DRAINING } as const)
    : examineRequest({ method, url, httpVersion, raw: rawHeaders }, rules);
  const connection = forwarding.entryOf(socket);
  if (examination.outcome !== "forward") {
    const isRefusal = examination.outcome === "refuse";
    const why = isRefusal ? { kind: examination.refusal.kind, why: examination.refusal.message } : {};
    log.info({ event: "request", ok: !isRefusal, method, peer: connection?.peer, ...why });
    if (isRefusal) sendRefusal(incoming, outgoing, examination.refusal, pseudonym);
    else sendAnswer(outgoing, examination.answer);
    return;
  }

  const { request } = examination;
  const account = openAccount(forwarding, {
    kind: "request",
    method,
    host: request.target.authority,
    connection,
    cancel: () => socket.destroy(),
  });
  let isGone = false;
  let dialled: LinkedAbort | undefined;
  outgoing.once("close", () => {
    isGone = true;
    dialled?.abort(GONE);
    account.note({ status: outgoing.headersSent ? outgoing.statusCode : undefined });
    account.close(outgoing.writableFinished);
  });
  const onRefusal = (refusal: Refusal) => {
    account.note({ status: outgoing.headersSent ? outgoing.statusCode : refusal.form.status });
    account.close(false, refusal);
    if (!outgoing.headersSent) sendRefusal(incoming, outgoing, refusal, pseudonym);
  };
  const { target } = request;
  const place = `${target.hostname}:${target.port}`;
  const forwardedFor = options.forwardedFor ? socket.remoteAddress : undefined;
  const protocol = early === undefined ? undefined : "websocket";
  const head = requestHead(request, rawHeaders, { pseudonym, forwardedFor }, protocol);
  // Most requests go over a connection that is there, and have nothing to abort.
  const abortable = () => {
    dialled = linkAbort();
    return dialled.signal;
  };
  /** @param pooled A connection that has been used before. */
  const send = async (pooled?: Socket) => {
    const origin = pooled ?? (await dial(target, "request", dialling, abortable()));
    account.enter("waiting");
    runExchange({
      request,
      incoming,
      outgoing,
      origin,
      head,
      pseudonym,
      idleMs: options.idleMs,
      halfClosedMs: options.halfClosedMs,
      account,
      onRefusal,
      onReusable: (reusable) => pool.put(place, reusable),
      // The origin may have closed it as this request was sent: a new one will tell.
      onStale: pooled === undefined ? undefined : () => void (isGone || sendSafely()),
      onSwitch:
        early === undefined
          ? undefined
          : (switched, rest) => {
              account.note({ status: 101 });
              account.enter("joined");
              outgoing.detachSocket(socket);
              socket.write(
                interimHead(switched, pseudonym, "Connection: Upgrade\r\nUpgrade: websocket\r\n"),
                "latin1",
              );
              if (rest.length > 0) socket.write(rest);
              if (early.length > 0) origin.write(early);
              joinTunnel(socket, origin, options, account);
            },
    });
  };
  const sendSafely = async (pooled?: Socket) => {
    try {
      await send(pooled);
    } catch (error) {
      if (!isGone) onRefusal(asRefusal(error));
    }
  };
  // What must not be done twice goes over a connection that is new: nothing of it is lost in one that was closed.
  const mayRepeat = REPEATABLE.has(method) && !request.hasBody && early === undefined;
  await sendSafely(mayRepeat ? pool.take(place) : undefined);
}

/** Made once: an error is dear, and of this one nobody sees more than that it is there. */
const GONE = new Error("The client is gone");

/** RFC 9110 §9.2.1: safe methods. */
const REPEATABLE = new Set(["GET", "HEAD", "OPTIONS"]);
