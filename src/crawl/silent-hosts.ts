import type { FrontierStore, LeasedUrl } from "./frontier-store.ts";
import type { CrawlSettings } from "./plan.ts";
import type { Report, Result } from "./wire.ts";

/** Hosts that do not answer, in memory and in their store: they are left alone for longer and longer, and given up. */
export interface SilentHosts {
  /**
   * Takes note of how hosts met a batch.
   *
   * @param urls Those of the batch.
   * @returns Hosts that have not answered so often in a row that their URLs are to be given up, and why.
   */
  hear(report: Report, urls: readonly LeasedUrl[], nowMs: number): ReadonlyMap<string, string>;
}

/**
 * Opens what a store has of them.
 *
 * @param hold Leaves a host alone until a time; 0 for one that answers.
 */
export function openSilentHosts(
  store: Pick<FrontierStore, "silent" | "keepSilent">,
  { hostAttempts, backoff }: Pick<CrawlSettings, "hostAttempts" | "backoff">,
  hold: (host: string, untilMs: number) => void,
): SilentHosts {
  const known = new Map(store.silent().map((one) => [one.host, one]));
  for (const { host, untilMs } of known.values()) hold(host, untilMs);

  function keep(host: string, times: number, untilMs: number): void {
    if (times === 0) known.delete(host);
    else known.set(host, { host, times, untilMs });
    store.keepSilent({ host, times, untilMs });
  }

  /** @returns Whether it has not answered for too long. */
  function note(host: string, isSilent: boolean, nowMs: number): boolean {
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
  }

  return {
    hear(report, urls, nowMs) {
      const lost = new Map<string, string>();
      for (const [host, reason] of answersOf(report, urls)) {
        const isLost = note(host, reason !== undefined, nowMs);
        if (isLost) lost.set(host, reason === "robots-unreachable" ? reason : "host-unreachable");
        else hold(host, known.get(host)?.untilMs ?? 0);
      }
      return lost;
    },
  };
}

/** Reasons to try again that a host gives by not answering. */
const SILENCES = new Set(["timeout", "connection-failed", "robots-unreachable"]);

/** How each host met a batch: `undefined` where it answered anything, or why none of it could be had. */
function answersOf(
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
