import { decodeTime } from "ulid";
import { type ProblemCode, ProblemError } from "../http/problem.ts";
import type { CrawlOptions } from "./options.ts";

/** What can be wrong wherever one crawl is asked for. */
export const OF_A_CRAWL: readonly ProblemCode[] = ["not-found", "crawl-gone", "crawls-unavailable"];

/**
 * Makes what makes sure that there is a crawl of a name. It throws `crawl-gone` for one that is so old that it can have
 * been forgotten, and `not-found` for others.
 */
export function crawlExpecter({ retentionMs, world }: Pick<CrawlOptions, "retentionMs" | "world">) {
  return <T>(id: string, found: T | undefined): T => {
    if (found !== undefined) return found;
    const isOld = decodeTime(id.slice(id.indexOf("_") + 1)) + retentionMs <= world.epochMs();
    throw new ProblemError(isOld ? "crawl-gone" : "not-found", { detail: `There is no crawl \`${id}\`` });
  };
}

/**
 * Makes sure that a crawl is there while a list of it is read.
 *
 * @throws {Error} Where it has been removed meanwhile: a list that just ended would look whole.
 */
export function expectStill<T>(id: string, found: T | undefined): T {
  if (found === undefined) throw new Error(`Expected the crawl \`${id}\` to be there still`);
  return found;
}
