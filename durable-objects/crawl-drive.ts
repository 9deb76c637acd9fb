import { queueTimers, Semaphore, systemClock } from "#kernel";
import { CONNECTIONS, driveCrawl } from "../src/crawl/drive.ts";
import type { Archive } from "../src/crawl/archive.ts";
import type { BatchCall } from "../src/crawl/consumer.ts";
import type { EarlierPorts } from "../src/crawl/earlier-pages.ts";
import { fetchBatch } from "../src/crawl/fetch-batch.ts";
import type { Frontier } from "../src/crawl/frontier.ts";
import type { GateStub } from "../src/crawl/gate-stub.ts";
import { hashBytes } from "../src/crawl/hash.ts";
import type { KnownRules } from "../src/crawl/batch-context.ts";
import type { Judge } from "../src/crawl/judge.ts";
import type { CrawlOrder } from "../src/crawl/stub.ts";
import type { Report } from "../src/crawl/wire.ts";
import { logError } from "../src/http/log.ts";
import { createPublisher } from "../src/work/outbox.ts";

/** An alarm may take 15 minutes; no batch begins after this much of it. */
const MOST_MS = 300_000;
/**
 * Nor after so many requests and calls to gates: an invocation has 10,000, and what comes after fails, and 30 seconds to
 * compute in (https://developers.cloudflare.com/workers/platform/limits). There is an alarm after this one.
 */
const MOST_CALLS = 5_000;

/** What a crawl's object fetches by. */
export interface DriverPorts {
  readonly order: CrawlOrder;
  readonly frontier: Pick<Frontier, "dueMs" | "tick" | "begin" | "isOut" | "untold" | "told">;
  readonly judge: Judge;
  readonly archive: Pick<Archive, "keep">;
  readonly earlierOf: EarlierPorts["earlierOf"];
  readonly gateFor: (host: string) => GateStub;
  readonly queue: Pick<Queue<BatchCall>, "sendBatch">;
  /** Takes in what was done. */
  take(this: void, report: Report): void;
  /** Whether this is still the crawl of its object. */
  readonly isCurrent: () => boolean;
}

/** What fetches for a crawl: its own object, and who hears of a batch from the queue. */
export interface Driver {
  /** Fetches here for as long as there is something to be begun. */
  drive(): Promise<void>;
  /** Tells the queue of batches that nobody has. Never rejects. */
  publish(): Promise<void>;
}

/** Makes it. */
export function openDriver(ports: DriverPorts): Driver {
  const { order, frontier, judge, archive, earlierOf, gateFor, queue, take, isCurrent } = ports;
  const { id, plan } = order;
  const rules: KnownRules = new Map();
  const connections = new Semaphore(Math.min(CONNECTIONS, plan.concurrency));
  const publisher = createPublisher<number>(
    {
      waiting: (most) => (isCurrent() ? frontier.untold().slice(0, most) : []),
      sizeBytes: () => id.length + 50,
      send: async (fences) =>
        void (await queue.sendBatch(fences.map((fence) => ({ body: { crawl: id, fence } })))),
      sent: (fences) => {
        if (isCurrent()) frontier.told(fences);
      },
      refused: (error) => logError("crawl-publish-refused", { crawl: id }, error),
    },
    { now: () => Date.now(), random: () => Math.random() },
  );
  const publish = async () => {
    try {
      await publisher.publish();
    } catch (error) {
      logError("crawl-publish-failed", { crawl: id }, error);
    }
  };
  return {
    publish,
    async drive() {
      const endMs = Date.now() + MOST_MS;
      let calls = 0;
      const context = {
        fetch: async (url: string, init: RequestInit) => {
          calls += 1;
          return await fetch(url, init);
        },
        clock: queueTimers(systemClock),
        epochMs: () => Date.now(),
        hash: hashBytes,
        judge,
        archive,
        earlierOf,
        gateFor: (host: string) => {
          calls += 2; // One comes, and goes.
          return gateFor(host);
        },
        rules,
        connections,
        noteFailure: (event: string, error: unknown) => logError(event, { crawl: id }, error),
      };
      await driveCrawl({
        frontier,
        run: async (batch) =>
          await fetchBatch(order, batch, {
            ...context,
            isWanted: () => isCurrent() && frontier.isOut(batch.lease),
          }),
        take: (report) => {
          if (isCurrent()) take(report);
        },
        publish: () => void publish(),
        now: () => Date.now(),
        goesOn: () => isCurrent() && Date.now() < endMs && calls < MOST_CALLS,
      });
    },
  };
}
