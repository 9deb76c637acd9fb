import type * as z from "zod";
import type { CrawlAnswer, HostsAnswer, PagesAnswer, WhyAnswer } from "../../src/crawl/requests.ts";
import { getJson, refusal, type Refusal, type Unreachable } from "../exchange.ts";
import { isObject } from "../is-object.ts";

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

/** Asks for something of a crawl. Rejects only when the signal aborts. */
export async function getOf<T>(target: string, signal: AbortSignal): Promise<T | Refusal | Unreachable> {
  const exchange = await getJson(target, signal);
  if ("kind" in exchange) return exchange;
  if (exchange.status !== 200 || !isObject(exchange.body)) return refusal(exchange);
  return exchange.body as T; // what the API promises
}

/** Whether it is an answer, and not the lack of one. */
export function isAnswer<T extends object>(value: T | Refusal | Unreachable): value is T {
  return !("kind" in value);
}
