import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { type CrawlPlan, DEFAULT_SETTINGS } from "../../src/crawl/plan.ts";
import { openCrawls } from "../../src/crawls.ts";

export const PATIENCE = { timeout: 60_000, interval: 20 };
export const HOST = "http://127.0.0.1:9";

/** What a page is answered with. */
export interface FakePage {
  readonly status?: number;
  readonly type?: string;
  readonly body?: string;
  readonly location?: string;
  readonly etag?: string;
}

interface FakeSite {
  /** The paths that were asked for. */
  calls: string[];
  answer: (path: string) => FakePage | undefined | Promise<FakePage | undefined>;
}

/** Links to each of these. */
export const linking = (...paths: readonly string[]) => ({
  body: `<title>t</title>${paths.map((path) => `<a href="${path}">x</a>`).join("")}`,
});

/** A tree of so many pages, three links a page. */
export const tree = (pages: number) => (path: string) => {
  const number = Number(path.slice(1));
  const links = [1, 2, 3].map((one) => number * 3 + one).filter((one) => one < pages);
  return Number.isInteger(number) && path !== "/robots.txt"
    ? linking(...links.map((one) => `/${one}`))
    : undefined;
};

/** A site in place of the network, for each test anew. */
export function fakeSite(): FakeSite {
  const site: FakeSite = { calls: [], answer: () => undefined };
  beforeEach(() => {
    Object.assign(site, { calls: [], answer: () => undefined });
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
      const url = input instanceof Request ? input.url : String(input);
      const path = url.slice(HOST.length);
      site.calls.push(path);
      const page = await site.answer(path);
      const condition = new Headers(init?.headers).get("If-None-Match");
      if (page?.etag !== undefined && page.etag === condition) return new Response(null, { status: 304 });
      if (page === undefined) return new Response("none", { status: 404 });
      const { status = 200, type = "text/html", body = "", location, etag } = page;
      const headers = {
        "Content-Type": type,
        ...(location !== undefined && { Location: location }),
        ...(etag !== undefined && { ETag: etag }),
      };
      return new Response(body, { status, headers });
    });
  });
  afterEach(() => vi.restoreAllMocks());
  return site;
}

/** Makes all answers take as long as others need to ask, too. @returns How many were under way at once, at most. */
export function answerSlowly(): { readonly most: number } {
  const open = { now: 0, most: 0 };
  const fetchAtOnce = vi.mocked(globalThis.fetch).getMockImplementation();
  vi.mocked(globalThis.fetch).mockImplementation(async (input, init) => {
    open.now += 1;
    open.most = Math.max(open.most, open.now);
    for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setTimeout(resolve, 1));
    open.now -= 1;
    return (await fetchAtOnce?.(input, init)) ?? Response.error();
  });
  return open;
}

let count = 0;

/** A crawl that has not begun. */
export function freshCrawl(settings = DEFAULT_SETTINGS, hosts?: readonly string[]) {
  const name = `crawl-test-${(count += 1)}`;
  const crawl = openCrawls(env.CRAWLS, { allowLoopback: true, hosts }, settings)(name);
  const start = async (plan: Partial<CrawlPlan> = {}) =>
    await crawl.create({
      startUrls: [`${HOST}/`],
      maxPages: 1_000,
      maxDepth: 100,
      concurrency: 6,
      scope: "host",
      ...plan,
    });
  const ended = async (phase: string) => {
    await vi.waitFor(async () => expect((await crawl.look())?.phase).toBe(phase), PATIENCE);
    return (await crawl.look())?.counts;
  };
  const paths = async () => ((await crawl.pages(0, 1_000)) ?? []).map(({ url }) => url.slice(HOST.length));
  return { crawl, name, start, ended, paths, object: env.CRAWLS.getByName(name) };
}
