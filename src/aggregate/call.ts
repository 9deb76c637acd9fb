import type { CancelSignal } from "#kernel";
import { guardAddress } from "../http/address-guard.ts";
import { parseRetryAfter } from "../http/retry-after.ts";
import { type Document, toDocument } from "./document.ts";
import { CallError } from "./failure.ts";
import { readJson } from "./json-body.ts";
import { keepPace } from "./pace.ts";
import type { Reply } from "./reply.ts";
import { attemptHeaders, forwarded, type InboundRequest, remainingMs } from "./request.ts";
import type { Target } from "./target.ts";
import type { UpstreamPlan } from "./upstream-plan.ts";

/** Statuses that come without a body (RFC 9110, 15.3.5 and 15.3.6). */
const EMPTY = new Set([204, 205]);
/** Statuses that send a GET elsewhere (RFC 9110, 15.4). */
const ELSEWHERE = new Set([301, 302, 303, 307, 308]);
/** What is asked for where the upstream's own fields ask for nothing else. */
const ACCEPT = { accept: "application/json" };
/** The most redirects that one call follows. */
export const MOST_REDIRECTS = 5;

/**
 * Gets one JSON document from an upstream: one attempt, with the redirects it meets.
 *
 * @throws {CallError} When that fails. The reason of `signal`.
 */
export async function getDocument(
  upstream: UpstreamPlan,
  target: Target,
  signal: CancelSignal,
  request: InboundRequest,
): Promise<Document> {
  const limitMs = Math.min(upstream.timeoutMs, remainingMs(request));
  const ours = attemptHeaders(request, limitMs);
  let url = `${upstream.origin}${target.pathAndQuery}`;
  let wasElsewhere = false;
  for (let hops = 0; ; hops += 1) {
    // Names are in lower case, so that a later field replaces an earlier one. What is meant for the upstream, keys and
    // the caller's fields among it, does not follow to another origin, nor back: the way is then that one's idea.
    const headers = wasElsewhere
      ? { ...ACCEPT, ...ours }
      : { ...ACCEPT, ...forwarded(upstream, request), ...upstream.headers, ...ours };
    const { maxBytes } = upstream;
    const call = { url, method: "GET", headers, body: null, timeoutMs: limitMs, maxBytes, readsAll: false };
    const reply = await request.transport.send(call, signal);
    if (!ELSEWHERE.has(reply.status)) return await read(reply, upstream, signal, request);
    await reply.cancel();
    if (hops === MOST_REDIRECTS) {
      throw new CallError({ kind: "redirect", reason: `redirected more than ${MOST_REDIRECTS} times` });
    }
    const next = follow(new URL(url), reply.header("location"), upstream);
    url = next.href;
    const isHome = next.origin === upstream.origin;
    wasElsewhere ||= !isHome;
    // A redirect is one call more.
    if (isHome) await keepPace(upstream, signal, request);
  }
}

async function read(
  reply: Reply,
  { maxBytes }: UpstreamPlan,
  signal: CancelSignal,
  { engine }: InboundRequest,
): Promise<Document> {
  const { status } = reply;
  if (status < 200 || status > 299) {
    await reply.cancel();
    const date = reply.header("date");
    const wait = parseRetryAfter(reply.header("retry-after"), { nowEpochMs: engine.epochMs(), date });
    throw new CallError({ kind: "status", status, retryAfterMs: wait });
  }
  if (EMPTY.has(status)) return toDocument(null, 0, reply);
  const { value, bytes } = await readJson(reply, maxBytes, signal);
  return toDocument(value, bytes, reply);
}

/** Where a redirect leads. Another origin must be a public address, like one that a stranger names. */
function follow(from: URL, location: string | null, { origin }: UpstreamPlan): URL {
  if (location === null) throw new CallError({ kind: "redirect", reason: "redirected to nowhere" });
  const to = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
  if (to?.origin === origin) return to;
  const verdict = guardAddress(location, { allowLoopback: false }, from);
  if (verdict.allowed) return verdict.url;
  throw new CallError({ kind: "redirect", reason: "redirected to where we do not go" });
}
