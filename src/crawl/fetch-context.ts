import type { Clock } from "#kernel";
import type { Judge } from "./judge.ts";
import type { CrawlSettings } from "./plan.ts";
import type { SitemapRules } from "./sitemap-rules.ts";
import type { Capture } from "./warc.ts";
import type { EarlierPage } from "./wire.ts";

/** What fetches need of the world, and of their crawl. */
export interface FetchContext {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly clock: Clock;
  readonly epochMs: () => number;
  /** SHA-256, in base64url. */
  readonly hash: (bytes: Uint8Array<ArrayBuffer>) => Promise<string>;
  readonly judge: Judge;
  /** What an earlier crawl learned of a URL, by its id. */
  readonly earlier?: ((id: number) => EarlierPage | undefined) | undefined;
  /** Is told of every answer that may be a page; then all bodies are read. */
  readonly keep?: ((capture: Capture) => Promise<void>) | undefined;
  /** Where sitemaps may be, if any are read. */
  readonly sitemaps?: SitemapRules | undefined;
  /** Is told of mistakes of this crawler. */
  noteFailure(this: void, event: string, error: unknown): void;
  readonly settings: Pick<
    CrawlSettings,
    "agent" | "userAgent" | "types" | "maxBytes" | "maxLinks" | "timeoutMs"
  >;
}
