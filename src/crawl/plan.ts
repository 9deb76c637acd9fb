import type { ScopeRule } from "./scope.ts";

/** What a crawl was asked for, with what was left out filled in. */
export interface CrawlPlan {
  /** As they will be fetched. */
  readonly startUrls: readonly string[];
  readonly maxPages: number;
  readonly maxDepth: number;
  /** Connections at once. */
  readonly concurrency: number;
  readonly scope: ScopeRule;
  /** Whether the sitemaps of the start URLs' hosts are read, and what they list is as deep as the start. */
  readonly sitemaps?: boolean | undefined;
  /** The crawl that this one repeats: pages that have not changed since then are not sent again. */
  readonly recrawlOf?: string | undefined;
  /** Whether answers are kept as they came; not by default. */
  readonly store?: "none" | "warc" | undefined;
}

/** What all crawls of a Manifold go by. */
export interface CrawlSettings {
  /** The product token that robots.txt knows this crawler by: letters, hyphens and underscores. */
  readonly agent: string;
  /** Sent as `User-Agent`. */
  readonly userAgent: string;
  /** How long a batch may take before its URLs are taken back: longer than `timeoutMs` and ten seconds. */
  readonly leaseMs: number;
  /** How often a URL is tried that fails for a reason that may pass. */
  readonly attempts: number;
  /** How often in a row a host may not answer before what waits for it is given up; `backoff` is between. */
  readonly hostAttempts: number;
  readonly backoff: { readonly baseMs: number; readonly capMs: number };
  /** The types of pages that are read. */
  readonly types: readonly string[];
  /** The largest body that is read, after decompression. */
  readonly maxBytes: number;
  readonly maxLinks: number;
  /** How long one fetch may take, until the last byte of the body. */
  readonly timeoutMs: number;
  /** How many URLs a crawl may know of. */
  readonly maxKnown: number;
  /** How many queries of one path are followed. */
  readonly maxVariants: number;
  /** How many URLs of the same content are followed. */
  readonly maxCopies: number;
  readonly pace: PaceSettings;
  /** How long a crawl is kept after its end, with its files. */
  readonly retentionMs: number;
}

/** How a host is spared. */
export interface PaceSettings {
  /** The pause between two requests is its last latency times this … */
  readonly latencyFactor: number;
  /** … but no shorter than this … */
  readonly floorMs: number;
  /** … and no longer. */
  readonly ceilingMs: number;
  /** Whether hosts of this machine are spared, too: otherwise they are asked as often as connections allow. */
  readonly sparesLoopback: boolean;
}

/** What a `CrawlsConfig` leaves out. */
export const DEFAULT_SETTINGS: CrawlSettings = {
  agent: "manifoldbot",
  userAgent: "Mozilla/5.0 (compatible; ManifoldBot/0.1)",
  leaseMs: 60_000,
  attempts: 3,
  hostAttempts: 10,
  backoff: { baseMs: 1_000, capMs: 60_000 },
  types: ["text/html", "application/xhtml+xml", "text/plain"],
  maxBytes: 4 * 1024 * 1024,
  maxLinks: 5_000,
  timeoutMs: 30_000,
  maxKnown: 500_000,
  maxVariants: 100,
  maxCopies: 5,
  retentionMs: 30 * 86_400_000,
  pace: { latencyFactor: 5, floorMs: 500, ceilingMs: 30_000, sparesLoopback: false },
};
