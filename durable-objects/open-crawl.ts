import { type Frontier, openFrontier } from "../src/crawl/frontier.ts";
import { streamsFor } from "../src/crawl/drive.ts";
import { createJudge, type Judge } from "../src/crawl/judge.ts";
import { DEFAULT_SETTINGS } from "../src/crawl/plan.ts";
import { pagesPerSecond } from "../src/crawl/rate.ts";
import { isSpared } from "../src/crawl/run-batch.ts";
import type { CrawlOrder, CrawlView } from "../src/crawl/stub.ts";
import type { Report } from "../src/crawl/wire.ts";
import { fillIn } from "../src/work/fill-in.ts";
import type { Watch } from "../src/work/watchers.ts";
import { countingChanges, versionOf } from "./crawl-changes.ts";
import { type Driver, type DriverPorts, openDriver } from "./crawl-drive.ts";
import { pageAtMs } from "./crawl-rows.ts";
import { makeTables } from "./crawl-tables.ts";
import { openEarlier } from "./open-earlier.ts";
import { openGates } from "./open-gates.ts";
import { openSqliteFrontier } from "./sqlite-frontier.ts";

/** A crawl in memory. */
export interface OpenCrawl {
  readonly order: CrawlOrder;
  readonly frontier: Frontier;
  readonly judge: Judge;
  readonly driver: Driver;
}

/** What a crawl needs of its object. */
interface Ports extends Pick<DriverPorts, "archive"> {
  readonly watch: Watch;
  take(this: void, open: OpenCrawl, report: Report): void;
  /** Whether this is still the crawl that the object has. */
  isCurrent(this: void, open: OpenCrawl): boolean;
}

/** Puts a crawl together from what is stored of it. @returns `undefined` where there is none. */
export function openStored(
  storage: DurableObjectStorage,
  env: Pick<Cloudflare.Env, "CRAWLS" | "HOST_GATES" | "CRAWL_QUEUE">,
  { archive, watch, take, isCurrent }: Ports,
): OpenCrawl | undefined {
  const stored = storage.kv.get<CrawlOrder>("order");
  if (stored === undefined) return undefined;
  const order = { ...stored, settings: fillIn(DEFAULT_SETTINGS, stored.settings) };
  const { plan, settings } = order;
  makeTables(storage);
  const judge = createJudge(plan, order);
  const frontier = openFrontier(countingChanges(openSqliteFrontier(storage), storage, watch), {
    plan,
    settings,
    streams: streamsFor(plan.concurrency),
    spares: (host) => isSpared(new URL(`http://${host}`), settings.pace),
    random: () => Math.random(),
  });
  const open: OpenCrawl = {
    order,
    frontier,
    judge,
    driver: openDriver({
      order,
      frontier,
      judge,
      archive,
      earlierOf: openEarlier(env.CRAWLS),
      gateFor: openGates(env.HOST_GATES),
      queue: env.CRAWL_QUEUE,
      take: (report) => take(open, report),
      isCurrent: () => isCurrent(open),
    }),
  };
  return open;
}

/** How a crawl stands. */
export function viewOf(storage: DurableObjectStorage, { order, frontier }: OpenCrawl): CrawlView {
  const state = frontier.state();
  const { phase, counts, level, startedMs, endedMs } = state;
  const rate = pagesPerSecond(state, Date.now(), (seq) => pageAtMs(storage, seq));
  const version = versionOf(storage);
  return { plan: order.plan, phase, counts, rate, depth: level, startedMs, endedMs, version };
}
