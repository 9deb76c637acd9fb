import type { FrontierStore, LeasedUrl } from "./frontier-store.ts";
import type { CrawlSettings } from "./plan.ts";
import type { Report, Result } from "./wire.ts";

/** Hosts that do not answer, in memory and in their store: they are left alone for longer and longer, and given up. */
export interface SilentHosts {
  /**
   * Takes note of how a host met a batch.
   *
   * @returns Whether its URLs are to be given up: it has not answered so often in a row.
   */
  note(host: string, isSilent: boolean, nowMs: number): boolean;
  /** Until when a host is left alone; 0 for one that answers. */
  untilMs(host: string): number;
}

/** Opens what a store has of them. */
export function openSilentHosts(
  store: Pick<FrontierStore, "silent" | "keepSilent">,
  { hostAttempts, backoff }: Pick<CrawlSettings, "hostAttempts" | "backoff">,
): SilentHosts {
  const known = new Map(store.silent().map((one) => [one.host, one]));
  const keep = (host: string, times: number, untilMs: number) => {
    if (times === 0) known.delete(host);
    else known.set(host, { host, times, untilMs });
    store.keepSilent({ host, times, untilMs });
  };
  return {
    note(host, isSilent, nowMs) {
      const before = known.get(host);
      if (!isSilent) {
        if (before !== undefined) keep(host, 0, 0);
        return false;
      }
      // What was asked at the same time as what failed before says nothing more.
      if (before !== undefined && nowMs < before.untilMs) return false;
      const times = (before?.times ?? 0) + 1;
      const isOver = times >= hostAttempts;
      const pauseMs = Math.min(backoff.capMs, backoff.baseMs * 2 ** Math.min(times - 1, 1_000));
      keep(host, times, isOver ? nowMs : nowMs + pauseMs);
      return isOver;
    },
    untilMs: (host) => known.get(host)?.untilMs ?? 0,
  };
}

/** Reasons to try again that a host gives by not answering. */
const SILENCES = new Set(["timeout", "connection-failed", "robots-unreachable"]);

/** How each host met a batch: `undefined` where it answered anything, or why none of it could be had. */
export function answersOf(
  { results }: Pick<Report, "results">,
  urls: readonly LeasedUrl[],
): ReadonlyMap<string, string | undefined> {
  const hosts = new Map(urls.map(({ id, host }) => [id, host]));
  const met = new Map<string, string | undefined>();
  for (const result of results) {
    const host = hosts.get(result.id);
    if (host === undefined || saysNothing(result)) continue;
    const reason = result.kind === "retry" && SILENCES.has(result.reason) ? result.reason : undefined;
    if (reason === undefined || !met.has(host)) met.set(host, reason);
  }
  return met;
}

/** What is told of a host without asking it. */
function saysNothing({ kind }: Result): boolean {
  return kind === "deferred" || kind === "kept-out" || kind === "failed";
}
