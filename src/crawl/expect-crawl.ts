import { ProblemError } from "../http/problem.ts";

/** Makes sure that there is a crawl of this name. @throws {ProblemError} `not-found`. */
export function expectCrawl<T>(id: string, found: T | undefined): T {
  if (found === undefined) throw new ProblemError("not-found", { detail: `There is no crawl \`${id}\`` });
  return found;
}
