import { type Clock, Semaphore, sleep } from "#kernel";
import * as z from "zod";
import type { Archive } from "./archive.ts";
import type { BatchContext } from "./batch-context.ts";
import { connectionsAway } from "./drive.ts";
import type { EarlierPorts } from "./earlier-pages.ts";
import { fetchBatch } from "./fetch-batch.ts";
import { fillIn } from "../work/fill-in.ts";
import { createJudge } from "./judge.ts";
import { DEFAULT_SETTINGS } from "./plan.ts";
import type { CrawlOrder } from "./stub.ts";
import type { Batch, Report } from "./wire.ts";

/** Says that a batch of a crawl is to be had. It may be lost, come twice, or come late. */
const BatchCall = z.object({ crawl: z.string(), fence: z.int() });

/** What is sent to a consumer. */
export type BatchCall = z.infer<typeof BatchCall>;

/** A message of the queue. */
interface Message {
  readonly body: unknown;
  ack(): void;
  retry(options?: { delaySeconds?: number }): void;
}

/** A crawl, as whoever fetches for it needs it. */
interface CrawlWork {
  /** Gives a batch away, once; nothing when somebody has it already, or nobody wants it any more. */
  begin(fence: number): Promise<{ readonly order: CrawlOrder; readonly batch: Batch } | undefined>;
  report(report: Report): Promise<boolean>;
}

/** What a consumer needs of the world. */
export interface ConsumerPorts
  extends Pick<BatchContext, "fetch" | "epochMs" | "hash" | "gateFor">, Pick<EarlierPorts, "earlierOf"> {
  readonly crawlFor: (id: string) => CrawlWork;
  /** Where the files of a crawl are. */
  readonly archiveFor: (id: string) => Pick<Archive, "keep">;
  readonly clock: Clock;
  /** @param about The batch that it befell. */
  noteFailure(this: void, event: string, error: unknown, about: BatchCall): void;
}

/** The same, for one batch. */
type BatchPorts = Omit<ConsumerPorts, "noteFailure"> & EarlierPorts;

/** How often a report is tried; then the lease runs out by itself. */
const MOST_REPORTS = 5;

/** Fetches the batch that a message speaks of, and reports it. Never rejects. */
export async function consumeCall(message: Message, given: ConsumerPorts): Promise<void> {
  const call = BatchCall.safeParse(message.body);
  if (!call.success) {
    message.ack();
    return;
  }
  const { crawl, fence } = call.data;
  const noteFailure = (event: string, error: unknown) => given.noteFailure(event, error, { crawl, fence });
  const ports: BatchPorts = { ...given, noteFailure };
  const work = ports.crawlFor(crawl);
  try {
    const begun = await work.begin(fence);
    if (begun !== undefined) await tell(await fetchBegun(begun, ports), work, ports);
    message.ack();
  } catch (error) {
    noteFailure("crawl-batch-failed", error);
    // If the batch was begun, it is not to be had again: its lease runs out.
    message.retry({ delaySeconds: 1 });
  }
}

async function fetchBegun(
  { order: given, batch }: { readonly order: CrawlOrder; readonly batch: Batch },
  ports: BatchPorts,
): Promise<Report> {
  // While a deploy is under way, it may come from an object of the version before.
  const order = { ...given, settings: fillIn(DEFAULT_SETTINGS, given.settings) };
  const { id, plan } = order;
  return await fetchBatch(order, batch, {
    ...ports,
    archive: ports.archiveFor(id),
    judge: createJudge(plan, order),
    rules: new Map(),
    connections: new Semaphore(connectionsAway(plan.concurrency)),
    isWanted: () => true,
  });
}

async function tell(report: Report, work: CrawlWork, { clock, noteFailure }: BatchPorts): Promise<void> {
  for (let attempt = 1; attempt <= MOST_REPORTS; attempt += 1) {
    try {
      await work.report(report);
      return;
    } catch (error) {
      noteFailure("crawl-report-failed", error);
      await sleep(100 * 2 ** attempt, undefined, clock);
    }
  }
}
