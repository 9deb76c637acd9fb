import { DurableObject } from "cloudflare:workers";
import { systemClock } from "#kernel";
import type { IndexedRecord } from "../src/crawl/cdxj.ts";
import { type Frontier, openFrontier } from "../src/crawl/frontier.ts";
import { createJudge, type Judge } from "../src/crawl/judge.ts";
import type { Robots } from "../src/crawl/robots.ts";
import { type HostMemory, runBatch } from "../src/crawl/run-batch.ts";
import type {
  CrawlOrder,
  CrawlView,
  LinkedPage,
  PageRow,
  RecordPlace,
  Steering,
  Why,
} from "../src/crawl/stub.ts";
import type { SegmentWriter } from "../src/crawl/segment.ts";
import type { Outcome } from "../src/crawl/diff.ts";
import type { EarlierPage } from "../src/crawl/wire.ts";
import { seedsOf, sitemapRules } from "../src/crawl/sitemap-rules.ts";
import { toBase64Url } from "../src/http/base64url.ts";
import { logError } from "../src/http/log.ts";
import { ageEnded, forgetAll, SWEEP_AFTER_MS } from "./crawl-afterlife.ts";
import { isFull, openArchive } from "./crawl-archive.ts";
import { countingChanges, versionOf } from "./crawl-changes.ts";
import { commitReport } from "./crawl-commit.ts";
import { listEdges } from "./crawl-edges.ts";
import { earlierPages, listEarlier, listOutcomes } from "./crawl-earlier.ts";
import { findRecord, listIndex, listSegments } from "./crawl-records.ts";
import { findUrl, listPages } from "./crawl-rows.ts";
import { makeTables } from "./crawl-tables.ts";
import { openSqliteFrontier } from "./sqlite-frontier.ts";
import { Watchers } from "./watchers.ts";

/** When to go on after an alarm that failed. */
const AGAIN_MS = 5_000;
/** An alarm may take 15 minutes; with this much behind it, a batch ends early. */
const MOST_BATCH_MS = 300_000;
/** RFC 9309, 2.4. */
const ROBOTS_FRESH_MS = 86_400_000;

/** A crawl in memory. */
interface Open {
  readonly order: CrawlOrder;
  readonly frontier: Frontier;
  readonly judge: Judge;
}

/**
 * One crawl: its frontier, and for now its fetches too. Each alarm fetches one batch and takes it in as one step, so
 * that an object that dies meanwhile finds the batch still leased, and fetches it again.
 */
export class Crawl extends DurableObject {
  #open: Open | undefined;
  readonly #archive = openArchive(this.env.ARCHIVES, this.ctx.id.toString());
  readonly #watchers = new Watchers();
  readonly #readyMs = new Map<string, number>();

  async create(order: CrawlOrder): Promise<CrawlView> {
    this.ctx.storage.kv.put("order", order);
    const open = this.#find();
    if (open === undefined) throw new Error("Expected the order that was just stored, got none");
    const { frontier } = open;
    frontier.start(seedsOf(order.plan, { allowLoopback: order.allowLoopback }), Date.now());
    await this.#wake(frontier);
    return this.#viewOf(open);
  }

  look(): CrawlView | undefined {
    const open = this.#find();
    return open && this.#viewOf(open);
  }

  pages(after: number, limit: number): readonly PageRow[] | undefined {
    return this.#find() && listPages(this.ctx.storage, after, limit);
  }

  links(after: number, limit: number): readonly LinkedPage[] | undefined {
    return this.#find() && listEdges(this.ctx.storage, after, limit);
  }

  recordOf(url: string): { readonly found?: RecordPlace } | undefined {
    const verdict = this.#find()?.judge(url);
    return verdict && (verdict.isIn ? findRecord(this.ctx.storage, verdict.found.key) : {});
  }

  segments(): readonly string[] | undefined {
    return this.#find() && listSegments(this.ctx.storage);
  }

  index(after: Pick<IndexedRecord, "surt" | "id"> | undefined, limit: number) {
    return this.#find() && listIndex(this.ctx.storage, after, limit);
  }

  outcomes(after: string, limit: number): readonly Outcome[] | undefined {
    return this.#find() && listOutcomes(this.ctx.storage, after, limit);
  }

  /** What is known of pages, for a crawl that repeats this one. */
  earlier(keys: readonly string[]): readonly EarlierPage[] {
    return this.#find() === undefined ? [] : listEarlier(this.ctx.storage, keys);
  }

  async watch(version: number, holdMs: number): Promise<CrawlView | undefined> {
    const now = this.look();
    if (now === undefined || now.version > version || now.endedMs !== undefined) return now;
    await this.#watchers.wait([""], holdMs);
    return this.look();
  }

  why(url: string): Why | undefined {
    const open = this.#find();
    if (open === undefined) return undefined;
    const verdict = open.judge(url);
    if (!verdict.isIn) return verdict;
    const { key } = verdict.found;
    const seen = findUrl(this.ctx.storage, key);
    return { isIn: true, key, ...(seen && { seen }) };
  }

  async steer(how: Steering): Promise<CrawlView | undefined> {
    const open = this.#find();
    if (open === undefined) return undefined;
    open.frontier[how](Date.now());
    await this.#wake(open.frontier);
    return this.#viewOf(open);
  }

  async remove(): Promise<boolean> {
    if (this.#find() === undefined) return false;
    this.#open = undefined;
    await forgetAll(this.ctx, this.#archive);
    return true;
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
    try {
      await this.#fetchBatch(open);
      if (this.#open === open) await this.#wake(open.frontier);
    } catch (error) {
      logError("crawl-alarm-failed", {}, error);
      if (this.#open === open) await this.ctx.storage.setAlarm(Date.now() + AGAIN_MS);
    }
  }

  async #fetchBatch(open: Open): Promise<void> {
    const { order, frontier, judge } = open;
    frontier.tick(Date.now());
    const batch = frontier.batch();
    if (batch === undefined || frontier.state().phase !== "running") return;
    const endMs = Date.now() + MOST_BATCH_MS;
    const earlier = await earlierPages(this.env.CRAWLS, order.plan, batch);
    const fetchBatch = async (writer?: SegmentWriter) =>
      await runBatch(batch, {
        keep: writer?.add,
        earlier,
        fetch: (url, init) => fetch(url, init),
        clock: systemClock,
        epochMs: () => Date.now(),
        hash: async (bytes) => toBase64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))),
        judge,
        sitemaps: sitemapRules(order.plan, { allowLoopback: order.allowLoopback }),
        settings: order.settings,
        policy: { allowLoopback: order.allowLoopback },
        hosts: this.#hosts(),
        concurrency: order.plan.concurrency,
        isWanted: () =>
          this.#open === open &&
          Date.now() < endMs &&
          !isFull(writer) &&
          frontier.extend(batch.lease, Date.now()),
      });
    const report =
      order.plan.store === "warc" ? await this.#archive.keep(order, fetchBatch) : await fetchBatch();
    const counts = this.#open === open && commitReport(this.ctx.storage, frontier, report, Date.now());
    if (!counts && report.segment !== undefined) await this.#archive.discard(report.segment);
  }

  #hosts(): HostMemory {
    const { kv } = this.ctx.storage;
    return {
      readyMs: this.#readyMs,
      robots: (origin) => {
        const kept = kv.get<{ readonly robots: Robots; readonly atMs: number }>(`robots ${origin}`);
        return kept !== undefined && Date.now() - kept.atMs < ROBOTS_FRESH_MS ? kept.robots : undefined;
      },
      learn: (origin, robots) => kv.put(`robots ${origin}`, { robots, atMs: Date.now() }),
    };
  }

  #find(): Open | undefined {
    if (this.#open !== undefined) return this.#open;
    const { storage } = this.ctx;
    const order = storage.kv.get<CrawlOrder>("order");
    if (order === undefined) return undefined;
    const { plan, settings, allowLoopback } = order;
    makeTables(storage);
    this.#open = {
      order,
      frontier: openFrontier(countingChanges(openSqliteFrontier(storage), storage, this.#watchers), {
        plan,
        settings,
        random: () => Math.random(),
      }),
      judge: createJudge(plan, { allowLoopback }),
    };
    return this.#open;
  }

  /** At once where a batch is leased out, for nobody else fetches it. */
  async #wake(frontier: Frontier): Promise<void> {
    const { phase, endedMs } = frontier.state();
    if (endedMs !== undefined) return await this.ctx.storage.setAlarm(endedMs + SWEEP_AFTER_MS);
    if (phase !== "running") return;
    const nowMs = Date.now();
    const dueMs = frontier.batch() === undefined ? Math.max(nowMs, frontier.dueMs()) : nowMs;
    if (dueMs < Infinity) await this.ctx.storage.setAlarm(dueMs);
  }

  #viewOf({ order, frontier }: Open): CrawlView {
    const { phase, counts, level, startedMs, endedMs } = frontier.state();
    const version = versionOf(this.ctx.storage);
    return { plan: order.plan, phase, counts, depth: level, startedMs, endedMs, version };
  }
}
