import type { Crawl } from "../durable-objects/crawl.ts";
import type { GuardPolicy } from "./http/address-guard.ts";
import { type CrawlSettings, DEFAULT_SETTINGS } from "./crawl/plan.ts";
import type { CrawlStub } from "./crawl/stub.ts";

/** Reaches the objects of crawls by their ids. */
export function openCrawls(
  objects: DurableObjectNamespace<Crawl>,
  { allowLoopback, hosts }: GuardPolicy,
  settings: CrawlSettings = DEFAULT_SETTINGS,
): (id: string) => CrawlStub {
  return (id) => {
    const stub = objects.getByName(id);
    return {
      create: async (plan) => await stub.create({ id, plan, settings, allowLoopback, hosts }),
      look: async () => await stub.look(),
      watch: async (version, holdMs) => await stub.watch(version, holdMs),
      pages: async (after, limit) => await stub.pages(after, limit),
      hosts: async (after, limit) => await stub.hosts(after, limit),
      links: async (after, limit) => await stub.links(after, limit),
      recordOf: async (url) => await stub.recordOf(url),
      segments: async (from, limit) => await stub.segments(from, limit),
      index: async (after, limit) => await stub.index(after, limit),
      outcomes: async (after, limit) => await stub.outcomes(after, limit),
      why: async (url) => await stub.why(url),
      steer: async (how) => await stub.steer(how),
      remove: async () => await stub.remove(),
    };
  };
}
