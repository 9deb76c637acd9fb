import type * as z from "zod";
import type { CrawlAnswer, HostsAnswer, PagesAnswer, WhyAnswer } from "../../src/crawl/requests.ts";

/** How a crawl stands. */
export type Crawl = z.infer<typeof CrawlAnswer>;

/** Pages of a crawl, from one cursor to the next. */
export type Pages = z.infer<typeof PagesAnswer>;

/** A page of a crawl. */
export type CrawlPage = Pages["items"][number];

/** What a crawl knows of hosts. */
export type Hosts = z.infer<typeof HostsAnswer>;

/** Why a URL is in a crawl, or is not. */
export type Why = z.infer<typeof WhyAnswer>;
