import type { EarlierPorts } from "../src/crawl/earlier-pages.ts";

/** Asks crawls what they know of pages, for others that repeat them. */
export function openEarlier(objects: Cloudflare.Env["CRAWLS"]): EarlierPorts["earlierOf"] {
  return async (crawl, keys, scope) => await objects.getByName(crawl).earlier(keys, scope);
}
