import type { CancelSignal } from "#kernel";
import type { Document } from "./document.ts";
import type { FreshnessPart } from "../http/freshness.ts";
import type { CachePolicy } from "./answer-cache.ts";
import type { AttemptKind, AttemptLog } from "./attempt-log.ts";
import type { SourcePlan } from "./branch-plan.ts";
import { CallError, isUpstreamTrouble } from "./failure.ts";
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
  if (cache === undefined) return { document: await fetchShared(wanted, signal, request, log), ageMs: 0 };
  const { engine } = request;
  const found = engine.cache.lookup(keyOf(wanted, request), cache, engine.clock.now());
  if (found.state === "fresh") {
    log.note("hit");
    return { document: found.value, ageMs: found.ageMs };
  }
  if (found.state === "revalidate") {
    log.note("stale");
    request.waitUntil(refresh(wanted, request, log));
    return { document: found.value, ageMs: found.ageMs };
  }
  try {
    return { document: await fetchShared(wanted, signal, request, log), ageMs: 0 };
  } catch (error) {
    if (found.state !== "stale" || !(error instanceof CallError) || !isUpstreamTrouble(error.fault))
      throw error;
    log.note("stale");
    return { document: found.value, ageMs: found.ageMs };
  }
}

/** The last good answer, if it is no older than `staleMs`. */
export function recall(wanted: Wanted, staleMs: number, request: InboundRequest): Obtained | undefined {
  const { cache, clock } = request.engine;
  const found = cache.lookup(keyOf(wanted, request), { freshMs: staleMs }, clock.now());
  return found.state === "fresh" ? { document: found.value, ageMs: found.ageMs } : undefined;
}

/** Fetches behind an answer that was good enough. Nobody waits for it. */
async function refresh(wanted: Wanted, request: InboundRequest, log: AttemptLog): Promise<void> {
  // The client may leave; what it started is for the next one.
  const { signal } = new AbortController();
  await fetchShared(wanted, signal, request, log).catch(() => undefined); // the next request will meet the failure
}

/** Joins whoever is fetching the same, or fetches. */
async function fetchShared(
  wanted: Wanted,
  signal: CancelSignal,
  request: InboundRequest,
  log: AttemptLog,
): Promise<Document> {
  const { engine } = request;
  const key = keyOf(wanted, request);
  let isOurs = false;
  const fetchOurs = async (flightSignal: CancelSignal) => {
    isOurs = true;
    const { source, target, kind } = wanted;
    const fetching = getResiliently(source, target, kind, flightSignal, request, log);
    // Others may wait for it when our client has left, and I/O ends with the request that began it.
    request.waitUntil(fetching.catch(() => undefined));
    const document = await fetching;
    const isForbidden = /(^|[\s,])no-store([\s,]|$)/i.test(document.fields["cache-control"] ?? "");
    if (wanted.keep && !isForbidden) engine.cache.store(key, document, document.bytes, engine.clock.now());
    return document;
  };
  const document = await engine.flights.share(key, fetchOurs, signal);
  if (!isOurs) log.note("shared");
  return document;
}

/** Answers with the same key are interchangeable: same place, same fields that we send on. */
function keyOf({ source, target }: Wanted, request: InboundRequest): string {
  const fields = Object.entries(forwarded(source.upstream, request))
    // Who asks is not what is asked.
    .filter(([name]) => name.toLowerCase() !== "x-forwarded-for")
    .map(([name, value]) => `${name.toLowerCase()}:${value}`);
  return [source.upstream.name, target.pathAndQuery, ...fields.toSorted()].join("\n");
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
