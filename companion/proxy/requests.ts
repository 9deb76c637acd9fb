import type { IncomingMessage, ServerResponse } from "node:http";
import { openAccount } from "./account.ts";
import { runExchange } from "./exchange.ts";
import type { Forwarding } from "./forwarding.ts";
import type { Refusal } from "./refusal.ts";
import { asRefusal, DRAINING, sendAnswer, sendRefusal } from "./refuse.ts";
import { examineRequest } from "./rules/examine.ts";
import { requestHead } from "./rules/request-head.ts";
import { dial } from "./upstream/dial.ts";

/** Serves a request that is not CONNECT, to its end. */
export async function serveRequest(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  forwarding: Forwarding,
): Promise<void> {
  const { rules, options, dialling, log } = forwarding;
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
  const gone = new AbortController();
  outgoing.once("close", () => {
    gone.abort();
    account.note({ status: outgoing.headersSent ? outgoing.statusCode : undefined });
    account.close(outgoing.writableFinished);
    if (forwarding.isDraining()) socket.destroySoon();
  });
  const onRefusal = (refusal: Refusal) => {
    account.note({ status: refusal.form.status });
    account.close(false, refusal);
    if (!outgoing.headersSent) sendRefusal(incoming, outgoing, refusal, pseudonym);
  };
  try {
    const origin = await dial(request.target, "request", dialling, gone.signal);
    account.enter("waiting");
    const forwardedFor = options.forwardedFor ? socket.remoteAddress : undefined;
    const head = requestHead(request, rawHeaders, { pseudonym, forwardedFor });
    const { idleMs } = options;
    runExchange({ request, incoming, outgoing, origin, head, pseudonym, idleMs, account, onRefusal });
  } catch (error) {
    if (!gone.signal.aborted) onRefusal(asRefusal(error));
  }
}
