import { fullJitterMs } from "#kernel";
import { grantLease, hasRunOut, renewLease } from "../work/lease.ts";
import type {
  BatchLease,
  Counts,
  Discovery,
  FrontierState,
  FrontierStore,
  LeasedUrl,
  Phase,
  Settled,
} from "./frontier-store.ts";
import type { CrawlPlan, CrawlSettings } from "./plan.ts";
import { settleReport } from "./settle-report.ts";
import { createTurns } from "./turns.ts";
import type { Batch, BatchUrl, Found, Report } from "./wire.ts";

/** The most URLs in a batch. */
const BATCH = 20;
/** Connections of one batch, which is what an invocation of a Worker has. */
const CONNECTIONS = 6;
/** A URL whose batch was lost so often is what loses it. */
const MOST_LOST = 3;

/** What is to be fetched, what is out, and what came of it. Decides; its store remembers. */
export interface Frontier {
  state(): FrontierState;
  /** Begins with these. */
  start(urls: readonly Found[], nowMs: number): void;
  /** Takes what was done. @returns `false` when the lease had run out: nothing of the report counts. */
  report(report: Report, nowMs: number): boolean;
  /** A sign of life. @returns Whether the batch is still wanted. */
  extend(lease: number, nowMs: number): boolean;
  /** Does what is due: takes back what was lost, leases what may go. */
  tick(nowMs: number): void;
  /** What is leased out, the first one. */
  batch(): Batch | undefined;
  pause(): void;
  resume(nowMs: number): void;
  /** Ends it; what is still out counts no more. */
  stop(nowMs: number): void;
  /** When to tick next; `Infinity` for not before something else happens. */
  dueMs(): number;
}

/** What a frontier goes by. */
export interface FrontierOptions {
  readonly plan: Pick<CrawlPlan, "maxPages" | "maxDepth" | "concurrency">;
  readonly settings: Pick<
    CrawlSettings,
    "leaseMs" | "attempts" | "backoff" | "maxKnown" | "maxVariants" | "maxCopies"
  >;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

const NOTHING: Counts = {
  pages: 0,
  redirects: 0,
  sitemaps: 0,
  failed: 0,
  keptOut: 0,
  retries: 0,
  robots: 0,
  known: 0,
  links: 0,
  bytes: 0,
};

/**
 * A frontier over what its store remembers. Breadth first, a level after the other: which page is a URL's first parent,
 * how deep it is, and what a cap leaves out depends on the site alone, and not on who was faster or what broke.
 */
export function openFrontier(store: FrontierStore, { plan, settings, random }: FrontierOptions): Frontier {
  const streams = Math.ceil(plan.concurrency / CONNECTIONS);
  let state: FrontierState = store.load() ?? {
    phase: "paused",
    level: 0,
    lastLease: 0,
    counts: NOTHING,
    startedMs: 0,
  };
  const leases = new Map(store.leases().map((lease) => [lease.fence, lease]));
  const turns = createTurns(store, state.level);

  const set = (change: Partial<FrontierState>) => (state = { ...state, ...change });
  const count = (more: Partial<Counts>) => {
    const counts = { ...state.counts };
    for (const [name, by] of Object.entries(more)) counts[name as keyof Counts] += by; // its own names
    set({ counts });
  };
  const inOneStep = <T>(run: () => T): T =>
    store.inOneStep(() => {
      const before = state;
      const result = run();
      if (state !== before) store.save(state);
      return result;
    });

  function add(discoveries: readonly Discovery[]): void {
    const room = settings.maxKnown - state.counts.known;
    const known = room > 0 ? store.add(discoveries.slice(0, room), settings.maxVariants) : 0;
    count({ known });
    for (const { level, host } of discoveries) if (level === state.level) turns.wait(host, 0);
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

  function drop({ fence }: BatchLease): void {
    leases.delete(fence);
    store.removeLease(fence);
  }

  function keep(lease: BatchLease): void {
    leases.set(lease.fence, lease);
    store.keepLease(lease);
  }

  /** Leases what may go, and ends what has nothing left. */
  function handOut(nowMs: number): void {
    while (state.phase === "running" && leases.size < streams) {
      if (leases.size === 0 && turns.isOver() && !enterNextLevel()) {
        end("all-done", nowMs);
        break;
      }
      const urls = pick(nowMs);
      // What was thought to wait may have been taken: then the level is over.
      if (urls.length === 0 && leases.size === 0 && turns.isOver()) continue;
      if (urls.length === 0) break;
      set({ lastLease: state.lastLease + 1 });
      const { fence, untilMs } = grantLease(state.lastLease - 1, nowMs, settings.leaseMs);
      keep({ fence, untilMs, ids: urls.map(({ id }) => id) });
    }
    if (state.phase === "running" && leases.size === 0 && state.counts.pages >= plan.maxPages)
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
    const { pages, known, redirects, sitemaps, failed, keptOut } = state.counts;
    const out = [...leases.values()].reduce((sum, { ids }) => sum + ids.length, 0);
    const waiting = known - pages - redirects - sitemaps - failed - keptOut - out;
    const evenly = Math.ceil(waiting / (streams - leases.size));
    return turns.take(nowMs, Math.min(BATCH, plan.maxPages - pages - out, Math.max(1, evenly)));
  }

  function end(phase: Phase, endedMs: number): void {
    for (const lease of leases.values()) drop(lease);
    set({ phase, endedMs });
  }

  function takeBackLost(nowMs: number): void {
    for (const lease of leases.values()) {
      if (!hasRunOut(lease, nowMs)) continue;
      drop(lease);
      const urls = store.leased(lease.ids);
      const poison = urls.filter(({ lost }) => lost + 1 >= MOST_LOST);
      const settled: Settled = { kind: "failed", reason: "lost-its-batch-too-often" };
      store.settle(
        poison.map(({ id }) => ({ id, settled })),
        nowMs,
      );
      count({ failed: poison.length });
      putBack(
        urls.filter((url) => !poison.includes(url)),
        nowMs,
        { tries: 0, lost: 1 },
      );
    }
  }

  return {
    state: () => state,
    start: (urls, nowMs) =>
      inOneStep(() => {
        set({ phase: "running", startedMs: nowMs });
        add(urls.map((url, rank) => ({ ...url, level: 0, rank, parent: undefined, hops: 0 })));
        store.place(0);
        handOut(nowMs);
      }),
    report: (report, nowMs) =>
      inOneStep(() => {
        const lease = leases.get(report.lease);
        if (lease === undefined) return false;
        drop(lease);
        const outcome = settleReport(report, store.leased(lease.ids), {
          level: state.level,
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
        putBack(outcome.returned, 0, { tries: 0, lost: 0 });
        for (const { host, afterMs } of outcome.holds) turns.hold(host, nowMs + afterMs);
        add(outcome.discoveries);
        handOut(nowMs);
        return true;
      }),
    extend: (fence, nowMs) => {
      const lease = leases.get(fence);
      if (lease === undefined) return false;
      inOneStep(() => keep({ ...lease, ...renewLease(lease, nowMs, settings.leaseMs) }));
      return true;
    },
    tick: (nowMs) =>
      inOneStep(() => {
        takeBackLost(nowMs);
        handOut(nowMs);
      }),
    batch() {
      const [lease] = leases.values();
      return lease && { lease: lease.fence, urls: store.leased(lease.ids).map(toBatchUrl) };
    },
    pause: () => inOneStep(() => void (state.phase === "running" && set({ phase: "paused" }))),
    resume: (nowMs) =>
      inOneStep(() => {
        if (state.phase !== "paused") return;
        set({ phase: "running" });
        handOut(nowMs);
      }),
    stop: (nowMs) =>
      inOneStep(
        () => void ((state.phase === "running" || state.phase === "paused") && end("stopped", nowMs)),
      ),
    dueMs() {
      const lost = [...leases.values()].map(({ untilMs }) => untilMs);
      const isFree = state.phase === "running" && leases.size < streams;
      return Math.min(Infinity, ...lost, isFree ? turns.dueMs() : Infinity);
    },
  };
}

function toBatchUrl({ id, url, host }: LeasedUrl): BatchUrl {
  return { id, url, host };
}
