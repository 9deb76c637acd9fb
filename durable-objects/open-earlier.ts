import type { EarlierPorts } from "../src/crawl/earlier-pages.ts";
import type { Crawl } from "./crawl.ts";

/** Asks crawls what they know of pages, for others that repeat them. */
export function openEarlier(objects: DurableObjectNamespace<Crawl>): EarlierPorts["earlierOf"] {
  return async (crawl, keys, scope) => await objects.getByName(crawl).earlier(keys, scope);
}
