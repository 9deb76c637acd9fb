import { DurableObject } from "cloudflare:workers";
import { streamsFor } from "../src/crawl/drive.ts";
import { type Frontier, openFrontier } from "../src/crawl/frontier.ts";
import { createJudge, type Judge } from "../src/crawl/judge.ts";
import { isSpared } from "../src/crawl/run-batch.ts";
import type { CrawlOrder, CrawlView, PageRow, Steering, Why } from "../src/crawl/stub.ts";
import type { Batch, Report } from "../src/crawl/wire.ts";
import { logError } from "../src/http/log.ts";
import { type Driver, openDriver } from "./crawl-drive.ts";
import { findUrl, listPages } from "./crawl-rows.ts";
import { openGates } from "./open-gates.ts";
import { openSqliteFrontier } from "./sqlite-frontier.ts";

/** When to go on after an alarm that failed, or that was cut off. */
const AGAIN_MS = 5_000;

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
  readonly driver: Driver;
}

/**
 * One crawl: its frontier, and as much of its fetches as six connections carry. A batch is taken in as one step, so
 * that an object that dies meanwhile finds it still leased, and fetches it again.
 */
export class Crawl extends DurableObject {
  #open: Open | undefined;

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
    await this.#wake(open.frontier);
    this.ctx.waitUntil(open.driver.publish());
    return isTaken;
  }

  /** Fetches what is leased out. May come twice, or for nothing. */
  override async alarm(): Promise<void> {
    const open = this.#find();
    if (open === undefined) return;
    await this.ctx.storage.setAlarm(Date.now() + AGAIN_MS);
    try {
      await open.driver.drive();
      if (this.#open === open) await this.#wake(open.frontier);
    } catch (error) {
      logError("crawl-alarm-failed", {}, error);
    }
  }

  #take({ frontier }: Open, report: Report): boolean {
    try {
      return frontier.report(report, Date.now());
    } catch (error) {
      // What was stored is as it was, what is in memory may not be.
      this.#open = undefined;
      throw error;
    }
  }

  #find(): Open | undefined {
    if (this.#open !== undefined) return this.#open;
    const { storage } = this.ctx;
    const order = storage.kv.get<CrawlOrder>("order");
    if (order === undefined) return undefined;
    const { plan, settings, allowLoopback } = order;
    const judge = createJudge(plan, { allowLoopback });
    const frontier = openFrontier(openSqliteFrontier(storage), {
      plan,
      settings,
      streams: streamsFor(plan.concurrency),
      spares: (host) => isSpared(new URL(`http://${host}`), settings.pace),
      random: () => Math.random(),
    });
    const open: Open = {
      order,
      frontier,
      judge,
      driver: openDriver({
        order,
        frontier,
        judge,
        gateFor: openGates(this.env.HOST_GATES),
        queue: this.env.CRAWL_QUEUE,
        take: (report) => void this.#take(open, report),
        isCurrent: () => this.#open === open,
      }),
    };
    this.#open = open;
    return open;
  }

  /** At once where a batch waits that nobody was told of, for who reports may not be who fetches. */
  async #wake(frontier: Frontier): Promise<void> {
    const { phase } = frontier.state();
    if (phase !== "running") {
      await this.ctx.storage.deleteAlarm();
      return;
    }
    const nowMs = Date.now();
    const dueMs = frontier.untold().length > 0 ? nowMs : Math.max(nowMs, frontier.dueMs());
    if (dueMs < Infinity) await this.ctx.storage.setAlarm(dueMs);
  }
}

function viewOf({ order, frontier }: Open): CrawlView {
  const { phase, counts, level, startedMs, endedMs } = frontier.state();
  return { plan: order.plan, phase, counts, depth: level, startedMs, endedMs };
}
