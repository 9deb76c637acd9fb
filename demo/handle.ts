import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { ANSWERS } from "./answers.ts";
import { controlReply, isControlPath, type ControlState } from "./control.ts";
import { deliver } from "./deliver.ts";
import { decide, disguise, type Ending } from "./faults.ts";
import { json, methodNotAllowed, notFound, statusReply, type Reply } from "./reply.ts";
import { DATA_ROUTES, matchRoute } from "./routes.ts";
import { isSitePath, siteReply } from "./site.ts";

/** What all requests share. */
export interface World {
  readonly state: ControlState;
  /** How long a data route waits where no fault says otherwise. */
  readonly latencyMs: number;
  /** Draws from [0, 1) which calls a `failRate` strikes. */
  readonly random: () => number;
}

/** A request, taken apart. */
interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly lane: string | undefined;
  /** Aborts when the response is over, sent or not. */
  readonly signal: AbortSignal;
  /** Reads the whole body. */
  readonly body: () => Promise<string>;
  /** Runs a function once the response is over. */
  readonly atEnd: (run: () => void) => void;
}

interface Outcome {
  readonly reply: Reply;
  readonly ending: Ending;
}

const METHODS = ["GET", "HEAD"];

/** Takes one request to its end. Never rejects. */
export async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  world: World,
): Promise<void> {
  const call = callOf(request, response);
  try {
    const { reply, ending } = await outcomeOf(call, world);
    deliver(response, reply, ending);
  } catch (error) {
    // The client left while its request was read or its answer waited: nobody is there to be told.
    if (call.signal.aborted) return;
    console.error(error);
    deliver(
      response,
      json({ error: "internal", message: "This is a bug of the demo; its log says more" }, 500),
    );
  }
}

async function outcomeOf(call: Call, { state, latencyMs, random }: World): Promise<Outcome> {
  const { method, path, query, lane, signal } = call;
  if (isControlPath(path)) return whole(controlReply(state, method, path, await call.body()));
  if (isSitePath(path))
    return whole(METHODS.includes(method) ? siteReply(path) : methodNotAllowed(method, METHODS));
  const route = matchRoute(path);
  if (route === undefined) return whole(notFound(`Nothing is at ${path}`));
  call.atEnd(state.stats.enter(route.name, lane));
  // A status can be had for what is sent, too, as for a webhook.
  const methods = route.name === "status" ? [...METHODS, "POST"] : METHODS;
  if (!methods.includes(method)) return whole(methodNotAllowed(method, methods));

  const verdict = decide(state.faults, route.name, random);
  const waitMs = verdict.latencyMs ?? (DATA_ROUTES.has(route.name) ? latencyMs : 0);
  if (waitMs > 0) await sleep(waitMs, undefined, { signal });
  const reply =
    verdict.status === undefined
      ? await ANSWERS[route.name]({ argument: route.argument, query, signal })
      : statusReply(verdict.status);
  return { reply: disguise(reply, verdict), ending: verdict.ending };
}

function whole(reply: Reply): Outcome {
  return { reply, ending: "whole" };
}

function callOf(request: IncomingMessage, response: ServerResponse): Call {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const { method = "GET", url = "/", headers } = request;
  const [path = "/", ...query] = url.split("?");
  // Calls that come from no lane say by their id which request they are for.
  const lane = headers["manifold-lane"] ?? headers["x-request-id"];
  return {
    method,
    path,
    query: new URLSearchParams(query.join("?")),
    lane: typeof lane === "string" ? lane : undefined,
    signal: gone.signal,
    body: () => text(request),
    atEnd: (run) => response.once("close", run),
  };
}
