import type { CrawlPlan } from "../../src/crawl/plan.ts";
import type { CrawlStub, CrawlView, PageRow } from "../../src/crawl/stub.ts";

const COUNTS = {
  pages: 2,
  redirects: 0,
  sitemaps: 0,
  failed: 0,
  keptOut: 0,
  retries: 0,
  robots: 1,
  known: 3,
  links: 2,
  bytes: 20,
};

const row = (seq: number): PageRow => ({
  seq,
  atMs: 0,
  url: `https://a.example.com/${seq}`,
  depth: 0,
  status: 200,
  type: "text/html",
  bytes: 10,
  ms: 1,
  links: 1,
  // One that a version before has kept, and one of today.
  ...(seq > 1 && { startedMs: 1_500 }),
});

const linked = (seq: number) => ({
  seq,
  url: `https://a.example.com/${seq}`,
  targets: ["https://a.example.com/x", "https://a.example.com/y"],
});

const indexed = {
  id: 1,
  url: "https://a.example.com/1",
  surt: "com,example,a)/1",
  atMs: 0,
  status: 200,
  type: "text/html",
  sha256: "",
  offset: 0,
  length: 1,
};

const HOST = {
  host: "a.example.com",
  known: 9,
  waiting: 3,
  pages: 2,
  redirects: 1,
  sitemaps: 1,
  failed: 1,
  keptOut: 1,
  robots: "has-rules",
  error: "timeout",
  errorAtMs: 2_000,
} as const;

/** Crawls that have fetched two pages as soon as they exist, and what was asked of them. */
export function fakeCrawls() {
  const crawls = new Map<string, CrawlView>();
  const plans: CrawlPlan[] = [];
  const crawlFor = (id: string): CrawlStub => ({
    create: async (plan) => {
      const begun = crawls.get(id);
      const isSame = JSON.stringify(begun?.plan) === JSON.stringify(plan);
      if (begun !== undefined) return await Promise.resolve(isSame ? begun : undefined);
      plans.push(plan);
      const view = {
        plan,
        phase: "running",
        counts: COUNTS,
        rate: 1.239,
        depth: 1,
        startedMs: 0,
        endedMs: undefined,
        version: 1,
      } as const;
      crawls.set(id, view);
      return await Promise.resolve(view);
    },
    look: async () => await Promise.resolve(crawls.get(id)),
    // A page a look, and it is done.
    watch: async (version) => {
      const view = crawls.get(id);
      if (view === undefined) return await Promise.resolve(undefined);
      const { counts } = view;
      const later = { ...view, version: version + 1, counts: { ...counts, pages: counts.pages + 1 } };
      const ended = { ...later, phase: "all-done", endedMs: 0 } as const;
      crawls.set(id, later.counts.pages < 4 ? later : ended);
      return crawls.get(id);
    },
    pages: async (after, limit) =>
      await Promise.resolve(
        crawls.has(id) ? [row(1), row(2)].filter(({ seq }) => seq > after).slice(0, limit) : undefined,
      ),
    hosts: async (after) =>
      await Promise.resolve(crawls.has(id) ? (after?.host === HOST.host ? [] : [HOST]) : undefined),
    links: async (after) =>
      await Promise.resolve(
        crawls.has(id) ? [linked(1), linked(2)].filter(({ seq }) => seq > after) : undefined,
      ),
    recordOf: async () => await Promise.resolve(crawls.has(id) ? {} : undefined),
    segments: async () => await Promise.resolve(crawls.has(id) ? { size: 0, files: [] } : undefined),
    index: async (after) =>
      await Promise.resolve(crawls.has(id) ? [indexed].slice(after?.id ?? 0) : undefined),
    outcomes: async () => await Promise.resolve(crawls.has(id) ? [] : undefined),
    why: async (url) =>
      await Promise.resolve(
        crawls.has(id)
          ? { isIn: true, key: url, seen: { status: "redirect", depth: 1, reason: "/b" } }
          : undefined,
      ),
    steer: async (how) => {
      const view = crawls.get(id);
      if (view === undefined) return await Promise.resolve(undefined);
      const phase = ({ pause: "paused", resume: "running", stop: "stopped" } as const)[how];
      crawls.set(id, { ...view, phase });
      return crawls.get(id);
    },
    remove: async () => await Promise.resolve(crawls.delete(id)),
  });
  return { crawlFor, plans };
}
