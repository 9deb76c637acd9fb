import { type CancelSignal, linkAbort } from "#kernel";
import type { Document } from "./document.ts";
import type { FreshnessPart } from "../http/freshness.ts";
import type { CachePolicy } from "./answer-cache.ts";
import type { AttemptKind, AttemptLog } from "./attempt-log.ts";
import type { SourcePlan } from "./branch-plan.ts";
import { CallError, mayDoBetterElsewhere } from "./failure.ts";
import { forwarded, type InboundRequest } from "./request.ts";
import { getResiliently } from "./resilient.ts";
import type { Target } from "./target.ts";

/** A document, and how long we have had it. */
export interface Obtained {
  readonly document: Document;
  readonly ageMs: number;
}

/** What to get, and from where. */
export interface Wanted {
  readonly source: SourcePlan;
  readonly target: Target;
  readonly kind: AttemptKind;
  readonly cache: CachePolicy | undefined;
  /** Whether the answer is worth keeping though no policy makes it fresh. */
  readonly keep: boolean;
}

/**
 * Gets a document from what was kept, from what another request is fetching, or from its source; in this order.
 *
 * @throws {CallError} When no way leads to it. The reason of `signal`.
 */
export async function obtain(
  wanted: Wanted,
  signal: CancelSignal,
  request: InboundRequest,
  log: AttemptLog,
): Promise<Obtained> {
  const { cache } = wanted;
  const key = keyOf(wanted, request);
  if (cache === undefined)
    return { document: await fetchShared(key, wanted, signal, request, log), ageMs: 0 };
  const found = request.engine.cache.lookup(key, cache, request.clock.now());
  if (found.state === "fresh") {
    log.note("hit");
    return { document: found.value, ageMs: found.ageMs };
  }
  if (found.state === "revalidate") {
    log.note("stale");
    void refresh(key, wanted, request, log);
    return { document: found.value, ageMs: found.ageMs };
  }
  try {
    return { document: await fetchShared(key, wanted, signal, request, log), ageMs: 0 };
  } catch (error) {
    if (found.state !== "stale" || !(error instanceof CallError) || !mayDoBetterElsewhere(error.fault))
      throw error;
    log.note("stale");
    return { document: found.value, ageMs: found.ageMs };
  }
}

/** The last good answer, if it is no older than `staleMs`. */
export function recall(wanted: Wanted, staleMs: number, request: InboundRequest): Obtained | undefined {
  const { engine, clock } = request;
  const found = engine.cache.lookup(keyOf(wanted, request), { freshMs: staleMs }, clock.now());
  return found.state === "fresh" ? { document: found.value, ageMs: found.ageMs } : undefined;
}

/** How long a refresh may take. The platform lets nothing run for more than 30 s after an answer. */
const REFRESH_MS = 25_000;

/** Fetches behind an answer that was good enough. Nobody waits for it. */
async function refresh(key: string, wanted: Wanted, request: InboundRequest, log: AttemptLog): Promise<void> {
  using _alive = request.keepAlive.hold();
  // The client may leave; what it started is for the next one.
  const { signal } = linkAbort();
  const unhurried = { ...request, deadlineMs: request.clock.now() + REFRESH_MS };
  await fetchShared(key, wanted, signal, unhurried, log).catch(() => undefined); // the next request will meet the failure
}

/** Joins whoever is fetching the same, or fetches. */
function fetchShared(
  key: string,
  wanted: Wanted,
  signal: CancelSignal,
  request: InboundRequest,
  log: AttemptLog,
): Promise<Document> {
  let isOurs = false;
  const fetchOurs = async (flightSignal: CancelSignal) => {
    isOurs = true;
    // Others may wait for it when our client has left, and I/O ends with the request that began it.
    using _alive = request.keepAlive.hold();
    const { source, target, kind, keep } = wanted;
    const document = await getResiliently(source, target, kind, flightSignal, request, log);
    if (keep && !forbidsKeeping(document)) {
      request.engine.cache.store(key, document, document.bytes, request.clock.now());
    }
    return document;
  };
  const fetching = request.engine.flights.share(key, fetchOurs, signal);
  if (!isOurs) log.note("shared");
  return fetching;
}

function forbidsKeeping({ fields }: Document): boolean {
  return /(^|[\s,])no-store([\s,]|$)/i.test(fields["cache-control"] ?? "");
}

/** Answers with the same key are interchangeable: same place, same fields that we send on. */
function keyOf({ source, target }: Wanted, request: InboundRequest): string {
  const place = `${source.upstream.name}\n${target.pathAndQuery}`;
  if (source.upstream.forward.length === 0) return place;
  const fields = Object.entries(forwarded(source.upstream, request))
    // Who asks is not what is asked.
    .filter(([name]) => name.toLowerCase() !== "x-forwarded-for")
    .map(([name, value]) => `${name.toLowerCase()}:${value}`);
  return [place, ...fields.toSorted()].join("\n");
}

/** What a document says about how long it may be kept, with the time we have had it added to its age. */
export function freshnessOf({ document: { fields }, ageMs }: Obtained): FreshnessPart {
  const age = Number(fields.age ?? 0) + ageMs / 1000;
  return {
    cacheControl: fields["cache-control"],
    age: String(Math.ceil(Number.isFinite(age) ? age : 0)),
    vary: fields.vary,
    expires: fields.expires,
    date: fields.date,
  };
}
