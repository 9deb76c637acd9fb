import { fullJitterMs } from "#kernel";
import { grantLease, hasRunOut, renewLease } from "../work/lease.ts";
import { batchSize } from "./batch-size.ts";
import type {
  BatchLease,
  Discovery,
  FrontierState,
  FrontierStore,
  LeasedUrl,
  Phase,
  Settled,
} from "./frontier-store.ts";
import { openState } from "./frontier-state.ts";
import { openLeases } from "./lease-book.ts";
import { sortLost } from "./lost-batch.ts";
import type { CrawlPlan, CrawlSettings } from "./plan.ts";
import { settleReport } from "./settle-report.ts";
import { openSilentHosts } from "./silent-hosts.ts";
import { createTurns } from "./turns.ts";
import type { Batch, Found, Report } from "./wire.ts";

/** What is to be fetched, what is out, and what came of it. Decides; its store remembers. */
export interface Frontier {
  state(): FrontierState;
  /** Begins with these. */
  start(urls: readonly Found[], nowMs: number): void;
  /**
   * Gives a batch to whoever will fetch it, once: the one of this fence, or the first that nobody has.
   *
   * @param by What ends with the crawl's own object, `own`, is lost when that is opened anew.
   */
  begin(by: "own" | "away", nowMs: number, fence?: number): Batch | undefined;
  /** Takes what was done. @returns `false` when the lease had run out: nothing of the report counts. */
  report(report: Report, nowMs: number): boolean;
  /** Whether a batch is still wanted. */
  isOut(fence: number): boolean;
  /** The fences of batches that nobody has, and that nobody was told of. */
  untold(): readonly number[];
  /** Somebody is told of these. */
  told(fences: readonly number[]): void;
  /** Does what is due: takes back what was lost, leases what may go. */
  tick(nowMs: number): void;
  pause(nowMs: number): void;
  resume(nowMs: number): void;
  /** Ends it; what is still out counts no more. */
  stop(nowMs: number): void;
  /** When to tick next; `Infinity` for not before something else happens. */
  dueMs(): number;
}

/** What a frontier goes by. */
export interface FrontierOptions {
  readonly plan: Pick<CrawlPlan, "maxPages" | "maxDepth">;
  readonly settings: Pick<
    CrawlSettings,
    "leaseMs" | "attempts" | "hostAttempts" | "backoff" | "maxKnown" | "maxVariants" | "maxCopies"
  >;
  /** The most batches that are out at a time. */
  readonly streams: number;
  /** Whether a host is asked one thing at a time: it is then in one batch at a time. */
  readonly spares: (host: string) => boolean;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/**
 * A frontier over what its store remembers. Breadth first, a level after the other: which page is a URL's first parent,
 * how deep it is, and what a cap leaves out depends on the site alone, and not on who was faster or what broke.
 */
export function openFrontier(
  store: FrontierStore,
  { plan, settings, streams, spares, random }: FrontierOptions,
): Frontier {
  const { get, set, count, inOneStep } = openState(store);
  const leases = openLeases(store);
  /** Batches that are being fetched right here. */
  const mine = new Set<number>();
  const turns = createTurns(store, get().level, spares);
  const silent = openSilentHosts(store, settings, turns.hold);
  for (const { ids } of leases.all()) turns.leave(hostsOf(store.leased(ids)));

  function add(discoveries: readonly Discovery[]): void {
    const room = settings.maxKnown - get().counts.known;
    const known = room > 0 ? store.add(discoveries.slice(0, room), settings.maxVariants) : 0;
    if (known > 0) count({ known });
    for (const { level, host } of discoveries) if (level === get().level) turns.wait(host, 0);
  }

  function putBack(
    urls: readonly LeasedUrl[],
    dueMs: number,
    spent: { readonly tries: number; readonly lost: number },
  ) {
    if (urls.length === 0) return;
    store.putBack(
      urls.map(({ id }) => id),
      dueMs,
      spent,
    );
    for (const { host } of urls) turns.wait(host, dueMs);
  }

  /** Begun here, before this was opened. */
  const isOrphan = ({ stage, fence }: BatchLease) => stage === "own" && !mine.has(fence);

  /** @returns Its URLs. */
  function drop({ fence, ids }: BatchLease): readonly LeasedUrl[] {
    leases.drop(fence);
    mine.delete(fence);
    const urls = store.leased(ids);
    turns.comeBack(hostsOf(urls));
    return urls;
  }

  /** Leases what may go, and ends what has nothing left. */
  function handOut(nowMs: number): void {
    while (get().phase === "running" && leases.count < streams) {
      if (leases.count === 0 && turns.isOver() && !enterNextLevel()) {
        end("all-done", nowMs);
        break;
      }
      const urls = pick(nowMs);
      // What was thought to wait may have been taken: then the level is over.
      if (urls.length === 0 && leases.count === 0 && turns.isOver()) continue;
      if (urls.length === 0) break;
      const lease = grantLease(get().lastLease, nowMs, settings.leaseMs);
      set({ lastLease: lease.fence });
      leases.keep({ ...lease, ids: urls.map(({ id }) => id), stage: "waiting" });
      turns.leave(hostsOf(urls));
    }
    if (get().phase === "running" && leases.count === 0 && get().counts.pages >= plan.maxPages)
      end("max-pages", nowMs);
  }

  function enterNextLevel(): boolean {
    const level = store.nextLevel();
    if (level === undefined) return false;
    set({ level });
    store.place(level);
    turns.enter(level);
    return true;
  }

  /** Takes URLs for a batch, and never more than may become pages. */
  function pick(nowMs: number): readonly LeasedUrl[] {
    const { counts } = get();
    const free = streams - leases.count;
    const size = batchSize({ counts, maxPages: plan.maxPages, out: leases.urls(), free });
    const urls = turns.take(nowMs, size);
    // What was in a batch that was lost goes by itself from then on, so that it takes no other with it.
    const suspect = urls.find(({ lost }) => lost > 0);
    if (suspect === undefined) return urls;
    putBack(
      urls.filter((url) => url !== suspect),
      0,
      { tries: 0, lost: 0 },
    );
    return [suspect];
  }

  function end(phase: Phase, endedMs: number): void {
    for (const lease of leases.all()) drop(lease);
    set({ phase, endedMs });
  }

  function takeBackLost(nowMs: number): void {
    for (const lease of leases.all()) {
      if (!isOrphan(lease) && !hasRunOut(lease, nowMs)) continue;
      const { poison, back, lost } = sortLost(drop(lease), lease.stage);
      const settled: Settled = { kind: "failed", reason: "lost-its-batch-too-often" };
      store.settle(
        poison.map(({ id }) => ({ id, settled })),
        nowMs,
      );
      count({ failed: poison.length });
      putBack(back, nowMs, { tries: 0, lost });
    }
  }

  return {
    state: get,
    start: (urls, nowMs) =>
      inOneStep(() => {
        // Another crawl may have had this name, whose batches are still being fetched: no fence of theirs comes again.
        set({ phase: "running", startedMs: nowMs, lastLease: nowMs });
        add(urls.map((url, rank) => ({ ...url, level: 0, rank, parent: undefined, hops: 0 })));
        store.place(0);
        handOut(nowMs);
      }),
    begin(by, nowMs, fence) {
      const lease = fence === undefined ? [...leases.all()].find(isFree) : leases.get(fence);
      if (lease === undefined || !isFree(lease) || get().phase !== "running") return undefined;
      inOneStep(() => leases.keep({ ...lease, ...renewLease(lease, nowMs, settings.leaseMs), stage: by }));
      if (by === "own") mine.add(lease.fence);
      const urls = store.leased(lease.ids).map(({ id, url, host }) => ({ id, url, host }));
      return { lease: lease.fence, urls };
    },
    report: (report, nowMs) =>
      inOneStep(() => {
        const lease = leases.get(report.lease);
        if (lease === undefined) return false;
        const urls = drop(lease);
        const lost = silent.hear(report, urls, nowMs);
        const outcome = settleReport(report, urls, {
          level: get().level,
          maxDepth: plan.maxDepth,
          attempts: settings.attempts,
          maxCopies: settings.maxCopies,
          copies: (hashes) => store.copies(hashes),
        });
        store.settle(outcome.settled, nowMs);
        count(outcome.counts);
        for (const { url, failures, afterMs } of outcome.retries) {
          const pauseMs = afterMs ?? fullJitterMs(failures, settings.backoff, random);
          putBack([url], nowMs + pauseMs, { tries: 1, lost: 0 });
        }
        for (const { url, to } of outcome.readdressed) store.readdress(url.id, to, url.hops + 1);
        putBack(
          outcome.readdressed.map(({ url }) => url),
          0,
          { tries: 0, lost: 0 },
        );
        putBack(outcome.returned, 0, { tries: 0, lost: 0 });
        for (const { host, afterMs } of outcome.holds) turns.hold(host, nowMs + afterMs);
        for (const [host, reason] of lost) count({ failed: store.giveUp(get().level, host, reason) });
        add(outcome.discoveries);
        handOut(nowMs);
        return true;
      }),
    isOut: (fence) => leases.get(fence) !== undefined,
    untold: () => leases.untold(),
    told: (fences) => inOneStep(() => leases.told(fences)),
    tick: (nowMs) =>
      inOneStep(() => {
        takeBackLost(nowMs);
        handOut(nowMs);
      }),
    pause: (nowMs) =>
      inOneStep(() => void (get().phase === "running" && set({ phase: "paused", pausedMs: nowMs }))),
    resume: (nowMs) =>
      inOneStep(() => {
        if (get().phase !== "paused") return;
        set({ phase: "running", pausedMs: undefined });
        handOut(nowMs);
      }),
    stop: (nowMs) =>
      inOneStep(
        () => void ((get().phase === "running" || get().phase === "paused") && end("stopped", nowMs)),
      ),
    dueMs() {
      const lost = [...leases.all()].map((lease) => (isOrphan(lease) ? 0 : lease.untilMs));
      const mayGo = get().counts.pages + leases.urls() < plan.maxPages;
      const hasRoom = get().phase === "running" && leases.count < streams && mayGo;
      return Math.min(Infinity, ...lost, hasRoom ? turns.dueMs() : Infinity);
    },
  };
}

const isFree = ({ stage }: BatchLease) => stage === "waiting" || stage === "sent";
const hostsOf = (urls: readonly LeasedUrl[]) => new Set(urls.map(({ host }) => host));
