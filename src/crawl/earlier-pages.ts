import { canonicalKey } from "./canonical.ts";
import type { CrawlPlan } from "./plan.ts";
import { describeScope } from "./scope.ts";
import type { Batch, EarlierPage } from "./wire.ts";

/** Where other crawls can be asked. */
export interface EarlierPorts {
  /** What a crawl of a scope knows of pages, by their keys; nothing if its scope was another, for so are its links. */
  readonly earlierOf: (
    crawl: string,
    keys: readonly string[],
    scope: string,
  ) => Promise<readonly EarlierPage[]>;
  noteFailure(this: void, event: string, error: unknown): void;
}

/** Asks the crawl that is repeated what it knows of a batch; nothing where it is gone, or where all is to be archived. */
export async function earlierPages(
  plan: Pick<CrawlPlan, "recrawlOf" | "store" | "scope" | "startUrls">,
  { urls }: Batch,
  { earlierOf, noteFailure }: EarlierPorts,
): Promise<((id: number) => EarlierPage | undefined) | undefined> {
  const { recrawlOf, store } = plan;
  if (recrawlOf === undefined || store === "warc") return undefined;
  const keys = new Map(urls.map(({ id, url }) => [id, canonicalKey(new URL(url))]));
  const pages = await earlierOf(recrawlOf, [...keys.values()], scopeOf(plan)).catch((error: unknown) => {
    // It only saves what is sent: pages can be asked for without.
    noteFailure("crawl-earlier-failed", error);
    return [];
  });
  const byKey = new Map(pages.map((one) => [one.key, one]));
  return (id) => byKey.get(keys.get(id) ?? "");
}

/** Where a crawl may go, to be compared with where another may. */
export function scopeOf({ scope, startUrls }: Pick<CrawlPlan, "scope" | "startUrls">): string {
  return describeScope(
    scope,
    startUrls.map((url) => new URL(url)),
  );
}
