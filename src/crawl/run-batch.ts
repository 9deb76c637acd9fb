import { mapConcurrent, sleep } from "#kernel";
import type { GuardPolicy } from "../http/address-guard.ts";
import { isLoopback } from "../http/loopback.ts";
import { type FetchContext, fetchPage } from "./fetch-page.ts";
import { fetchRobots } from "./fetch-robots.ts";
import type { CrawlSettings, PaceSettings } from "./plan.ts";
import { mayFetch, type Robots } from "./robots.ts";
import type { Batch, BatchUrl, Report, Result } from "./wire.ts";

/** What is remembered of hosts, by origin, from batch to batch. */
export interface HostMemory {
  robots(origin: string): Robots | undefined;
  learn(origin: string, robots: Robots): void;
  /** Not to be asked before; by `clock`. */
  readonly readyMs: Map<string, number>;
}

/** What a batch is fetched by. */
export interface BatchContext extends FetchContext {
  readonly settings: FetchContext["settings"] & Pick<CrawlSettings, "pace">;
  readonly policy: GuardPolicy;
  readonly hosts: HostMemory;
  /** Hosts that are asked at once. */
  readonly concurrency: number;
  /** Is told after each URL. @returns Whether the rest is still wanted. */
  readonly isWanted: () => boolean;
}

/** A host that is to be left alone for longer than this is not waited for. */
const MOST_WAIT_MS = 5_000;

/** URLs of sitemaps in one report, which has to be held in memory and sent; what is left of the batch is handed back. */
const MOST_LISTED = 10_000;

/** Fetches a batch: several hosts at once, and from each one page after the other, with pauses. */
export async function runBatch({ lease, urls }: Batch, context: BatchContext): Promise<Report> {
  const byOrigin = Map.groupBy(urls, ({ url }) => new URL(url).origin);
  const results: Result[] = [];
  let robots = 0;
  let listed = 0;
  const fetchAll = async ([origin, own]: readonly [string, readonly BatchUrl[]]) => {
    const rules = await rulesOf(origin, context, (requests) => (robots += requests));
    for (const one of own) {
      if (!context.isWanted() || listed >= MOST_LISTED) return;
      const result = await fetchOne(one, origin, rules, context);
      if (result.kind === "sitemap") listed += result.found.length;
      results.push(result);
    }
  };
  for await (const _ of mapConcurrent(byOrigin, context.concurrency, fetchAll, { clock: context.clock }));
  return { lease, results, robots };
}

async function rulesOf(
  origin: string,
  context: BatchContext,
  count: (requests: number) => void,
): Promise<Robots | undefined> {
  const known = context.hosts.robots(origin);
  if (known !== undefined) return known;
  const { robots, requests } = await fetchRobots(origin, context);
  count(requests);
  if (robots !== undefined) context.hosts.learn(origin, robots);
  return robots;
}

async function fetchOne(
  one: BatchUrl,
  origin: string,
  rules: Robots | undefined,
  context: BatchContext,
): Promise<Result> {
  const { hosts, clock, settings } = context;
  const { id } = one;
  if (rules === undefined) return { id, kind: "retry", reason: "robots-unreachable" };
  const url = new URL(one.url);
  if (!mayFetch(rules, url)) return { id, kind: "kept-out", reason: "robots" };
  const waitMs = (hosts.readyMs.get(origin) ?? 0) - clock.now();
  if (waitMs > MOST_WAIT_MS) return { id, kind: "deferred", afterMs: waitMs };
  if (waitMs > 0) await sleep(waitMs, undefined, clock);
  const startMs = clock.now();
  const result = await fetchPage(one, context);
  const nowMs = clock.now();
  const pauseMs = isLoopback(url) ? 0 : pauseAfter(nowMs - startMs, settings.pace);
  const asked = result.kind === "retry" ? (result.afterMs ?? 0) : 0;
  hosts.readyMs.set(origin, nowMs + Math.max(pauseMs, rules.delayMs ?? 0, asked));
  return result;
}

/** The slower a host, the longer it is left alone. */
function pauseAfter(latencyMs: number, { latencyFactor, floorMs, ceilingMs }: PaceSettings): number {
  return Math.min(ceilingMs, Math.max(floorMs, latencyMs * latencyFactor));
}
