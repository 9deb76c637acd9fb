import type { Crawl } from "../durable-objects/crawl.ts";
import { DEFAULT_SETTINGS } from "./crawl/plan.ts";
import type { CrawlStub } from "./crawl/stub.ts";

/** Reaches the objects of crawls by their ids. */
export function openCrawls(
  objects: DurableObjectNamespace<Crawl>,
  allowLoopback: boolean,
): (id: string) => CrawlStub {
  return (id) => {
    const stub = objects.getByName(id);
    return {
      create: async (plan) => await stub.create({ id, plan, settings: DEFAULT_SETTINGS, allowLoopback }),
      look: async () => await stub.look(),
      pages: async (after, limit) => await stub.pages(after, limit),
      why: async (url) => await stub.why(url),
      steer: async (how) => await stub.steer(how),
      remove: async () => await stub.remove(),
    };
  };
}
