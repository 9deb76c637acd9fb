import { DurableObject } from "cloudflare:workers";
import { systemClock } from "#kernel";
import { openArchive } from "../src/crawl/archive.ts";
import type { IndexedRecord } from "../src/crawl/cdxj.ts";
import type { Outcome } from "../src/crawl/diff.ts";
import { scopeOf } from "../src/crawl/earlier-pages.ts";
import { seedsOf } from "../src/crawl/sitemap-rules.ts";
import type {
  ArchivePart,
  CrawlOrder,
  CrawlView,
  HostCursor,
  HostRow,
  LinkedPage,
  PageRow,
  RecordPlace,
  Steering,
  Why,
} from "../src/crawl/stub.ts";
import type { Batch, EarlierPage, Report } from "../src/crawl/wire.ts";
import { logError } from "../src/http/log.ts";
import { createWatch } from "../src/work/watchers.ts";
import { ageEnded, forgetAll, SWEEP_AFTER_MS } from "./crawl-afterlife.ts";
import { WHOLE } from "./crawl-changes.ts";
import { commitReport } from "./crawl-commit.ts";
import { listEarlier, listOutcomes } from "./crawl-earlier.ts";
import { listEdges } from "./crawl-edges.ts";
import { withHostNotes } from "./crawl-host-notes.ts";
import { listHosts } from "./crawl-hosts.ts";
import { findRecord, hasSegment, listIndex, partOfArchive } from "./crawl-records.ts";
import { listPages } from "./crawl-rows.ts";
import { explainUrl } from "./crawl-why.ts";
import { type OpenCrawl, openStored, viewOf } from "./open-crawl.ts";

/** When to go on after an alarm that failed, or that was cut off. */
const AGAIN_MS = 5_000;

/** What was asked for, and how it was answered. */
interface Begun {
  readonly plan: string;
  /** Of a version before, it may be without `rate`. */
  readonly view: Omit<CrawlView, "rate"> & Partial<Pick<CrawlView, "rate">>;
}

/**
 * One crawl: its frontier, and as much of its fetches as six connections carry. A batch is taken in as one step, so
 * that an object that dies meanwhile finds it still leased, and fetches it again.
 */
export class Crawl extends DurableObject {
  #open: OpenCrawl | undefined;
  readonly #archive = openArchive(this.env.ARCHIVES, this.ctx.id.toString());
  readonly #watch = createWatch(systemClock);

  async create(order: CrawlOrder): Promise<CrawlView | undefined> {
    const { kv } = this.ctx.storage;
    const begun = kv.get<Begun>("begun");
    if (begun !== undefined)
      return begun.plan === JSON.stringify(order.plan) ? { rate: 0, ...begun.view } : undefined;
    kv.put("order", order);
    const open = this.#find();
    if (open === undefined) throw new Error("Expected the order that was just stored, got none");
    const { plan } = order;
    open.frontier.start(seedsOf(plan, order), Date.now());
    const view = viewOf(this.ctx.storage, open);
    kv.put("begun", { plan: JSON.stringify(plan), view } satisfies Begun);
    await this.#wake(open);
    return view;
  }

  look(): CrawlView | undefined {
    const open = this.#find();
    return open && viewOf(this.ctx.storage, open);
  }

  pages(after: number, limit: number): readonly PageRow[] | undefined {
    return this.#find() && listPages(this.ctx.storage, after, limit);
  }

  hosts(after: HostCursor | undefined, limit: number): readonly HostRow[] | undefined {
    return this.#find() && withHostNotes(this.ctx.storage, listHosts(this.ctx.storage, after, limit));
  }

  links(after: number, limit: number): readonly LinkedPage[] | undefined {
    return this.#find() && listEdges(this.ctx.storage, after, limit);
  }

  recordOf(url: string): { readonly found?: RecordPlace } | undefined {
    const verdict = this.#find()?.judge(url);
    return verdict && (verdict.isIn ? findRecord(this.ctx.storage, verdict.found.key) : {});
  }

  segments(from: number, limit: number): ArchivePart | undefined {
    return this.#find() && partOfArchive(this.ctx.storage, from, limit);
  }

  index(after: Pick<IndexedRecord, "surt" | "id"> | undefined, limit: number) {
    return this.#find() && listIndex(this.ctx.storage, after, limit);
  }

  outcomes(after: string, limit: number): readonly Outcome[] | undefined {
    return this.#find() && listOutcomes(this.ctx.storage, after, limit);
  }

  /** What is known of pages, for a crawl that repeats this one in the same scope. */
  earlier(keys: readonly string[], scope: string): readonly EarlierPage[] {
    const open = this.#find();
    return open && scopeOf(open.order.plan) === scope ? listEarlier(this.ctx.storage, keys) : [];
  }

  async watch(version: number, holdMs: number): Promise<CrawlView | undefined> {
    const now = this.look();
    if (now === undefined || now.version > version || now.endedMs !== undefined) return now;
    await this.#watch.next([WHOLE], holdMs);
    return this.look();
  }

  why(url: string): Why | undefined {
    const open = this.#find();
    return open && explainUrl(this.ctx.storage, url, { ...open, ...open.frontier.state() });
  }

  async steer(how: Steering): Promise<CrawlView | undefined> {
    const open = this.#find();
    if (open === undefined) return undefined;
    open.frontier[how](Date.now());
    await this.#wake(open);
    return viewOf(this.ctx.storage, open);
  }

  async remove(): Promise<boolean> {
    if (this.#find() === undefined) return false;
    this.#open = undefined;
    await forgetAll(this.ctx, this.#archive);
    return true;
  }

  /** Gives a batch to a consumer, once. */
  begin(fence: number): { readonly order: CrawlOrder; readonly batch: Batch } | undefined {
    const open = this.#find();
    const batch = open?.frontier.begin("away", Date.now(), fence);
    return open && batch && { order: open.order, batch };
  }

  /** @returns Whether it counts. */
  async report(report: Report): Promise<boolean> {
    const open = this.#find();
    if (open === undefined) return false;
    const isTaken = this.#take(open, report);
    await this.#wake(open);
    this.ctx.waitUntil(open.driver.publish());
    return isTaken;
  }

  /** Fetches what is leased out. May come twice, or for nothing. */
  override async alarm(): Promise<void> {
    const open = this.#find();
    if (open === undefined) return await this.#archive.sweep(new Set());
    const { endedMs } = open.frontier.state();
    if (endedMs !== undefined) {
      const isOver = await ageEnded(this.ctx, this.#archive, endedMs, open.order.settings.retentionMs);
      if (isOver) await this.remove();
      return;
    }
    if (this.#isForgotten(open)) return void (await this.remove());
    await this.ctx.storage.setAlarm(Date.now() + AGAIN_MS);
    try {
      await open.driver.drive();
      if (this.#open === open) await this.#wake(open);
    } catch (error) {
      logError("crawl-alarm-failed", { crawl: this.ctx.id.name }, error);
    }
  }

  #take({ frontier }: OpenCrawl, report: Report): boolean {
    try {
      const isTaken = commitReport(this.ctx.storage, frontier, report, Date.now());
      if (!isTaken) this.#discard(report);
      return isTaken;
    } catch (error) {
      // What was stored is as it was, what is in memory may not be.
      this.#open = undefined;
      throw error;
    }
  }

  /** Deletes what was stored for a report that does not count, unless it counted when it came the first time. */
  #discard({ segment }: Report): void {
    if (segment === undefined || hasSegment(this.ctx.storage, segment.key)) return;
    this.ctx.waitUntil(this.#archive.discard(segment));
  }

  #find(): OpenCrawl | undefined {
    return (this.#open ??= openStored(this.ctx.storage, this.env, {
      archive: this.#archive,
      watch: this.#watch,
      take: (open, report) => void this.#take(open, report),
      isCurrent: (open) => this.#open === open,
    }));
  }

  /** Whether nobody has gone on with it, since it was paused, for as long as one is kept that has ended. */
  #isForgotten({ frontier, order }: OpenCrawl): boolean {
    const { pausedMs = Infinity } = frontier.state();
    return Date.now() >= pausedMs + order.settings.retentionMs;
  }

  /** At once where a batch waits that nobody was told of, for who reports may not be who fetches. */
  async #wake({ frontier, order }: OpenCrawl): Promise<void> {
    const { phase, endedMs, pausedMs } = frontier.state();
    if (endedMs !== undefined) return await this.ctx.storage.setAlarm(endedMs + SWEEP_AFTER_MS);
    if (phase !== "running")
      return await this.ctx.storage.setAlarm((pausedMs ?? Date.now()) + order.settings.retentionMs);
    const nowMs = Date.now();
    const dueMs = frontier.untold().length > 0 ? nowMs : Math.max(nowMs, frontier.dueMs());
    if (dueMs < Infinity) await this.ctx.storage.setAlarm(dueMs);
  }
}
