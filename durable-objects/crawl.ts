import { DurableObject } from "cloudflare:workers";
import { systemClock } from "#kernel";
import { type Frontier, openFrontier } from "../src/crawl/frontier.ts";
import { createJudge, type Judge } from "../src/crawl/judge.ts";
import type { Robots } from "../src/crawl/robots.ts";
import { type HostMemory, runBatch } from "../src/crawl/run-batch.ts";
import type { CrawlOrder, CrawlView, PageRow, Steering, Why } from "../src/crawl/stub.ts";
import { toBase64Url } from "../src/http/base64url.ts";
import { logError } from "../src/http/log.ts";
import { findUrl, listPages } from "./crawl-rows.ts";
import { openSqliteFrontier } from "./sqlite-frontier.ts";

/** When to go on after an alarm that failed. */
const AGAIN_MS = 5_000;
/** An alarm may take 15 minutes; with this much behind it, a batch ends early. */
const MOST_BATCH_MS = 300_000;
/** RFC 9309, 2.4. */
const ROBOTS_FRESH_MS = 86_400_000;

/** What was asked for, and how it was answered. */
interface Begun {
  readonly plan: string;
  readonly view: CrawlView;
}

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
  readonly #readyMs = new Map<string, number>();

  async create(order: CrawlOrder): Promise<CrawlView | undefined> {
    const { kv } = this.ctx.storage;
    const begun = kv.get<Begun>("begun");
    if (begun !== undefined) return begun.plan === JSON.stringify(order.plan) ? begun.view : undefined;
    kv.put("order", order);
    const open = this.#find();
    if (open === undefined) throw new Error("Expected the order that was just stored, got none");
    const { judge, frontier } = open;
    const urls = order.plan.startUrls.flatMap((url) => {
      const verdict = judge(url);
      return verdict.isIn ? [verdict.found] : [];
    });
    frontier.start(urls, Date.now());
    const view = viewOf(open);
    kv.put("begun", { plan: JSON.stringify(order.plan), view } satisfies Begun);
    await this.#wake(frontier);
    return view;
  }

  look(): CrawlView | undefined {
    const open = this.#find();
    return open && viewOf(open);
  }

  pages(after: number, limit: number): readonly PageRow[] | undefined {
    return this.#find() && listPages(this.ctx.storage, after, limit);
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
    return viewOf(open);
  }

  async remove(): Promise<boolean> {
    if (this.#find() === undefined) return false;
    this.#open = undefined;
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    return true;
  }

  /** Fetches what is leased out. May come twice, or for nothing. */
  override async alarm(): Promise<void> {
    const open = this.#find();
    if (open === undefined) return;
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
    const report = await runBatch(batch, {
      fetch: (url, init) => fetch(url, init),
      clock: systemClock,
      epochMs: () => Date.now(),
      hash: async (bytes) => toBase64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))),
      judge,
      settings: order.settings,
      policy: { allowLoopback: order.allowLoopback },
      hosts: this.#hosts(),
      concurrency: order.plan.concurrency,
      isWanted: () => this.#open === open && Date.now() < endMs && frontier.extend(batch.lease, Date.now()),
    });
    if (this.#open === open) frontier.report(report, Date.now());
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
    this.#open = {
      order,
      frontier: openFrontier(openSqliteFrontier(storage), { plan, settings, random: () => Math.random() }),
      judge: createJudge(plan, { allowLoopback }),
    };
    return this.#open;
  }

  /** At once where a batch is leased out, for nobody else fetches it. */
  async #wake(frontier: Frontier): Promise<void> {
    if (frontier.state().phase !== "running") return;
    const nowMs = Date.now();
    const dueMs = frontier.batch() === undefined ? Math.max(nowMs, frontier.dueMs()) : nowMs;
    if (dueMs < Infinity) await this.ctx.storage.setAlarm(dueMs);
  }
}

function viewOf({ order, frontier }: Open): CrawlView {
  const { phase, counts, level, startedMs, endedMs } = frontier.state();
  return { plan: order.plan, phase, counts, depth: level, startedMs, endedMs };
}
