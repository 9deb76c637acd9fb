import { queueTimers, systemClock } from "#kernel";
import type { Crawl } from "../durable-objects/crawl.ts";
import { openGates } from "../durable-objects/open-gates.ts";
import { openEarlier } from "../durable-objects/open-earlier.ts";
import { openArchive } from "./crawl/archive.ts";
import { type BatchCall, consumeCall } from "./crawl/consumer.ts";
import { hashBytes } from "./crawl/hash.ts";
import { logError } from "./http/log.ts";

/**
 * What fetches batches of crawls: one message an invocation, which has six connections.
 *
 * @param isLocal Deployed, there is one consumer for each batch of messages; on this machine one for all, and a slow
 *   host would hold it.
 */
export function openCrawlQueue(
  { ARCHIVES, CRAWLS, HOST_GATES }: Pick<Cloudflare.Env, "ARCHIVES" | "CRAWLS" | "HOST_GATES">,
  isLocal: boolean,
) {
  const ports = {
    crawlFor: (id: string) => workOf(CRAWLS, id),
    archiveFor: (id: string) => openArchive(ARCHIVES, CRAWLS.idFromName(id).toString()),
    earlierOf: openEarlier(CRAWLS),
    gateFor: openGates(HOST_GATES),
    fetch: async (url: string, init: RequestInit) => await fetch(url, init),
    epochMs: () => Date.now(),
    hash: hashBytes,
    noteFailure: (event: string, error: unknown, about: BatchCall) => logError(event, about, error),
  };
  return async ({ messages }: MessageBatch, context: ExecutionContext): Promise<void> => {
    // Timers are an invocation's own.
    const own = { ...ports, clock: queueTimers(systemClock) };
    const running = Promise.all(messages.map(async (message) => await consumeCall(message, own)));
    if (isLocal) context.waitUntil(running);
    else await running;
  };
}

function workOf(objects: DurableObjectNamespace<Crawl>, id: string) {
  const stub = objects.getByName(id);
  return {
    begin: async (fence: number) => await stub.begin(fence),
    report: async (report: Parameters<Crawl["report"]>[0]) => await stub.report(report),
  };
}
