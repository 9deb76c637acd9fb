import * as z from "zod";
import { CHANGES } from "./diff.ts";

/** The most entries of a list. */
const MOST_ITEMS = 100;

/** A ULID behind what it is of. */
const CRAWL_ID = /^crawl_[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

const Url = z.string().min(1).max(2_083);
const Patterns = z
  .array(Url)
  .min(1)
  .max(100)
  .meta({ description: "For whole URLs; `*` is anything, `$` the end" });

/** The body of `POST /v1/crawls`. */
export const CrawlBody = z.object({
  startUrls: z
    .array(Url.meta({ examples: ["https://example.com/", "https://example.com/docs/"] }))
    .min(1)
    .max(100),
  maxPages: z.int().min(1).max(100_000).default(1_000).meta({ description: "Pages with an answer" }),
  maxDepth: z.int().min(0).max(1_000).default(1_000).meta({ description: "Links from a start URL" }),
  concurrency: z.int().min(1).max(60).default(6).meta({ description: "Connections at once" }),
  scope: z
    .union([
      z.enum(["host", "domain", "prefix"]),
      z.object({ allow: Patterns.optional(), deny: Patterns.optional() }),
    ])
    .default("host")
    .meta({ description: "Where it may go: where the start URLs are, or where patterns say" }),
  recrawlOf: z.string().regex(CRAWL_ID, "expected `crawl_` and a ULID").optional().meta({
    description:
      "The crawl to repeat: what has not changed since then is not sent again; `…/diff` tells what has",
  }),
  store: z.enum(["none", "warc"]).optional().meta({
    description: "Whether to keep what pages are answered with, in an archive; `none` by default",
  }),
  sitemaps: z.boolean().optional().meta({
    description:
      "Whether to begin with what sitemaps list, too: those that robots.txt names, and /sitemap.xml",
  }),
});

/** The path of a crawl. */
export const CrawlPath = z.object({
  id: z.string().regex(CRAWL_ID, "expected `crawl_` and a ULID"),
});

/** The path of what can be done to a crawl. */
export const SteeringPath = CrawlPath.extend({ steering: z.enum(["pause", "resume", "stop"]) });

/** The query of `GET /v1/crawls/:id/pages`. */
export const PagesQuery = z.object({
  cursor: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0).meta({
    description: "Of the list before, or the `seq` after which to begin; the beginning without it",
  }),
  limit: z.coerce.number().int().min(1).max(MOST_ITEMS).default(MOST_ITEMS),
});

/** The query of `GET /v1/crawls/:id/hosts`. */
export const HostsQuery = z.object({
  cursor: z
    .string()
    .regex(/^\d{1,9}~.{1,300}$/, "expected what a list before gave")
    .transform((text) => ({ known: Number.parseInt(text, 10), host: text.slice(text.indexOf("~") + 1) }))
    .optional()
    .meta({ description: "Of the list before; the beginning without it" }),
  limit: z.coerce.number().int().min(1).max(MOST_ITEMS).default(MOST_ITEMS),
});

/** The query of `GET /v1/crawls/:id/why`. */
export const WhyQuery = z.object({ url: Url });

/** The query of `GET /v1/crawls/:id/diff`. */
export const DiffQuery = z.object({
  change: z.enum(CHANGES).optional().meta({ description: "Only these; all by default" }),
});

const Count = z.int().min(0);

/** How a crawl stands. */
export const CrawlAnswer = z.object({
  id: z.string(),
  state: z.enum(["running", "paused", "all-done", "max-pages", "stopped"]),
  startUrls: z.array(z.string()),
  maxPages: Count,
  depth: Count.meta({ description: "What is being fetched: so many links from a start URL" }),
  counts: z.object({
    pages: Count.meta({ description: "URLs that an answer was had for" }),
    redirects: Count,
    sitemaps: Count,
    failed: Count.meta({ description: "Without an answer, after all tries" }),
    keptOut: Count.meta({ description: "By the robots.txt of their host, or no sitemap where one may be" }),
    retries: Count,
    robots: Count.meta({ description: "Requests for robots.txt" }),
    known: Count.meta({ description: "URLs that are known" }),
    links: Count,
    bytes: Count,
  }),
  rate: z.number().min(0).meta({
    description: "Pages a second: the latest two hundred while it runs, all of them once it has ended",
  }),
  startedAt: z.string(),
  endedAt: z.string().optional(),
});

/** What a crawl has to do with each host. */
export const HostsAnswer = z.object({
  items: z
    .array(
      z.object({
        host: z.string().meta({ description: "With its port, unless that is the scheme's own" }),
        known: Count.meta({ description: "URLs of all kinds" }),
        waiting: Count.meta({ description: "To be fetched, or being fetched" }),
        pages: Count,
        redirects: Count,
        sitemaps: Count,
        failed: Count,
        keptOut: Count,
        robots: z.enum(["allows-all", "has-rules", "unreachable"]).optional().meta({
          description:
            "What its robots.txt says to us, as it was last seen; one that cannot be had forbids everything",
        }),
        crawlDelayMs: Count.optional().meta({ description: "What its robots.txt asks for between requests" }),
        pauseMs: Count.optional().meta({
          description: "How long it was left alone after the last answer; none where hosts are not spared",
        }),
        lastError: z.string().optional().meta({ description: "Why the last try went wrong that did" }),
        lastErrorAt: z.string().optional(),
      }),
    )
    .meta({ description: "Those of which most URLs are known first" }),
  cursor: z.string().optional().meta({ description: "For what comes after; none where nothing does" }),
});

const PageItem = z.object({
  seq: z.int().min(1).meta({ description: "Counts from 1 in the order of fetching" }),
  url: z.string(),
  status: z.int(),
  depth: Count,
  parent: z.string().optional().meta({ description: "Whose link led here first" }),
  type: z.string(),
  bytes: Count,
  ms: z.number().min(0),
  title: z.string().optional(),
  links: Count,
  etag: z.string().optional(),
  modified: z.string().optional(),
  hash: z.string().optional().meta({ description: "SHA-256 of the body, in base64url" }),
  note: z.string().optional().meta({ description: "Why not all was made of it that could have been" }),
  at: z.string().meta({ description: "When it was taken in, with all of its batch" }),
  startedAt: z.string().optional().meta({ description: "When its request began; `ms` later it was read" }),
});

/** One page of a crawl. */
export type PageItem = z.infer<typeof PageItem>;

/** Pages of a crawl. */
export const PagesAnswer = z.object({
  items: z.array(PageItem).meta({ description: "In the order in which they were fetched" }),
  cursor: z.string().optional().meta({ description: "For what comes after; none where nothing does yet" }),
});

/** Why a URL is in a crawl, or is not. */
export const WhyAnswer = z.object({
  url: z.string(),
  verdict: z.enum(["refused", "unseen", "waiting", "fetched", "redirect", "sitemap", "failed", "kept-out"]),
  rule: z
    .string()
    .optional()
    .meta({ description: "What keeps it out, why it failed, or why not all was made of it" }),
  detail: z.string().optional(),
  to: z.string().optional().meta({ description: "Where it redirects to" }),
  key: z.string().optional().meta({ description: "By which it is told from others" }),
  depth: Count.optional(),
  parent: z.string().optional(),
});
