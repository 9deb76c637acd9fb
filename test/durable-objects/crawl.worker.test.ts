import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type CrawlPlan, DEFAULT_SETTINGS } from "../../src/crawl/plan.ts";
import { readResponseRecord } from "../../src/crawl/replay.ts";
import type { LinkedPage } from "../../src/crawl/stub.ts";
import { openCrawls } from "../../src/crawls.ts";
import { wholeApp } from "../support/whole-app.ts";

const PATIENCE = { timeout: 60_000, interval: 20 };
const HOST = "http://127.0.0.1:9";

interface FakePage {
  readonly status?: number;
  readonly type?: string;
  readonly body?: string;
  readonly location?: string;
  readonly etag?: string;
}

/** Links to each of these. */
const linking = (...paths: readonly string[]) => ({
  body: `<title>t</title>${paths.map((path) => `<a href="${path}">x</a>`).join("")}`,
});

let calls: string[] = [];
let site: (path: string) => FakePage | undefined | Promise<FakePage | undefined> = () => undefined;

beforeEach(() => {
  calls = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const path = url.slice(HOST.length);
    calls.push(path);
    const page = await site(path);
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

let count = 0;

function fresh(settings = DEFAULT_SETTINGS) {
  const name = `crawl-test-${(count += 1)}`;
  const crawl = openCrawls(env.CRAWLS, true, settings)(name);
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

/** A tree of so many pages, three links a page. */
const tree = (pages: number) => (path: string) => {
  const number = Number(path.slice(1));
  const links = [1, 2, 3].map((one) => number * 3 + one).filter((one) => one < pages);
  return Number.isInteger(number) && path !== "/robots.txt"
    ? linking(...links.map((one) => `/${one}`))
    : undefined;
};

describe("Crawl", () => {
  it("fetches every page of a site once, asks for robots.txt once, and knows who led where", async () => {
    site = tree(60);
    const { crawl, start, ended, paths } = fresh();
    await start();
    expect(await ended("all-done")).toMatchObject({ pages: 60, known: 60, failed: 0, robots: 1 });
    expect(new Set(await paths()).size).toBe(60);
    expect(calls.toSorted()).toEqual([...new Set(calls)].toSorted());
    const [root, child] = (await crawl.pages(0, 2)) ?? [];
    expect(root).toMatchObject({ url: `${HOST}/`, depth: 0, title: "t", links: 3, status: 200 });
    expect(child).toMatchObject({ url: `${HOST}/1`, depth: 1, parent: `${HOST}/` });
  });

  it("keeps what its pages link to, each link once", async () => {
    const many = Array.from({ length: 900 }, (_, index) => `/leaf?${index}`);
    const pages: Readonly<Record<string, FakePage>> = {
      "/": linking("/a", "/b"),
      "/a": linking("/", ...many),
    };
    site = (path) => pages[path] ?? { body: "" };
    const { crawl, start, ended } = fresh();
    await start({ maxDepth: 1 });
    await ended("all-done");
    const edges = [];
    for (let seq: number | undefined = 0; seq !== undefined;) {
      const rows: readonly LinkedPage[] = (await crawl.links(seq, 2)) ?? [];
      edges.push(...rows.flatMap(({ url, targets }) => targets.map((to) => `${url} ${to}`)));
      seq = rows.at(-1)?.seq;
    }
    const expected = [`/ /a`, "/ /b", "/a /", ...many.map((path) => `/a ${path}`)];
    expect(edges.map((edge) => edge.replaceAll(HOST, ""))).toEqual(expected);
  });

  it("is not held up by readers of its events who never read", async () => {
    site = tree(60);
    const { crawl, start, ended } = fresh();
    await start();
    const { app } = wholeApp({ isOpen: true, crawlFor: () => crawl });
    const read = async () => await app.request("/v1/crawls/crawl_01ARZ3NDEKTSV4RRFFQ69G5FAV/events");
    const silent = await Promise.all(Array.from({ length: 20 }, read));
    const text = await (await read()).text();
    expect(await ended("all-done")).toMatchObject({ pages: 60 });
    const events = [...text.matchAll(/^event: (.*)$/gm)].map(([, name]) => name);
    expect(events.at(-1)).toBe("all-done");
    expect(new Set(events.slice(0, -1))).toEqual(new Set(["running"]));
    await Promise.all(silent.map(async ({ body }) => await body?.cancel()));
  });

  it("begins with what sitemaps list, within its scope and by robots.txt", async () => {
    const map = (root: string, entry: string, ...urls: readonly string[]) => ({
      type: "application/xml",
      body: `<${root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${urls
        .map((url) => `<${entry}><loc>${new URL(url, HOST).href}</loc></${entry}>`)
        .join("")}</${root}>`,
    });
    const pages: Readonly<Record<string, FakePage>> = {
      "/robots.txt": {
        type: "text/plain",
        body: `Sitemap: ${HOST}/maps/index.xml\nSitemap: http://10.0.0.1/s.xml\nUser-agent: *\nDisallow: /docs/no`,
      },
      "/maps/index.xml": map(
        "sitemapindex",
        "sitemap",
        "/maps/1.xml",
        "/maps/none.html",
        "http://b.example.com/s.xml",
      ),
      "/maps/1.xml": map(
        "urlset",
        "url",
        "/docs/a",
        "/docs/no",
        "/out",
        "http://b.example.com/docs/",
        "/docs/",
      ),
      "/maps/none.html": linking("/docs/never"),
      "/docs/": linking("/docs/b"),
      "/docs/a": linking("/docs/c"),
      "/docs/b": linking(),
      "/docs/c": linking(),
    };
    site = (path) => pages[path];
    const { crawl, start, ended, paths } = fresh();
    await start({ startUrls: [`${HOST}/docs/`], scope: "prefix", sitemaps: true });
    expect(await ended("all-done")).toMatchObject({ pages: 4, sitemaps: 3, keptOut: 3, failed: 0 });
    expect((await paths()).toSorted()).toEqual(["/docs/", "/docs/a", "/docs/b", "/docs/c"]);
    const rows = (await crawl.pages(0, 9)) ?? [];
    expect(rows.find(({ url }) => url.endsWith("/a"))).toMatchObject({
      depth: 0,
      parent: `${HOST}/maps/1.xml`,
    });
    expect(rows.find(({ url }) => url.endsWith("/docs/"))).not.toHaveProperty("parent");
    expect(calls.filter((path) => !path.startsWith("/") || path === "/out")).toEqual([]);
  });

  it("stops at so many pages, to the page", async () => {
    site = tree(200);
    const { start, ended } = fresh();
    await start({ maxPages: 37 });
    expect(await ended("max-pages")).toMatchObject({ pages: 37 });
  });

  it("keeps to robots.txt, and to its scope through redirects, and says why", async () => {
    const pages: Readonly<Record<string, FakePage>> = {
      "/robots.txt": { type: "text/plain", body: "User-agent: *\nDisallow: /secret" },
      "/": linking("/secret", "/moved", "/away", "/inside", "http://b.example.com/", "/a.png", "/x/x/x/x"),
      "/moved": { status: 301, location: "/target" },
      "/target": linking(),
      "/away": { status: 302, location: "http://b.example.com/" },
      "/inside": { status: 302, location: "http://10.0.0.1/" },
      "/a.png": { type: "image/png", body: "…" },
    };
    site = (path) => pages[path];
    const { crawl, start, ended, paths } = fresh();
    await start();
    expect(await ended("all-done")).toMatchObject({ pages: 3, redirects: 3, keptOut: 1, robots: 1 });
    expect((await paths()).toSorted()).toEqual(["/", "/a.png", "/target"]);
    expect(calls).not.toContain("/secret");
    expect(calls.filter((path) => !path.startsWith("/"))).toEqual([]);
    const why = async (path: string) => await crawl.why(new URL(path, HOST).href);
    expect(await why("/secret")).toMatchObject({ seen: { status: "kept-out", reason: "robots" } });
    expect(await why("/moved")).toMatchObject({ seen: { status: "redirect", reason: `${HOST}/target` } });
    expect(await why("http://b.example.com/")).toEqual({ isIn: false, rule: "scope" });
    expect(await why("http://10.0.0.1/")).toMatchObject({ isIn: false, rule: "address" });
    expect(await why("/x/x/x/x")).toEqual({ isIn: false, rule: "repeated-segment" });
    expect(await why("/never")).toEqual({ isIn: true, key: `${HOST}/never` });
    expect((await crawl.pages(0, 9))?.find(({ url }) => url.endsWith("png"))?.note).toBe("type-not-read");
  });

  it("comes to the same pages when its object ends again and again", async () => {
    site = tree(120);
    const { crawl, start, ended, paths, object } = fresh();
    await start();
    for (let times = 0; times < 5; times += 1) {
      const before = (await crawl.look())?.counts.pages ?? 0;
      await vi.waitFor(async () => {
        const view = await crawl.look();
        expect(view?.phase !== "running" || view.counts.pages > before).toBe(true);
      }, PATIENCE);
      await evictDurableObject(object);
    }
    expect(await ended("all-done")).toMatchObject({ pages: 120, known: 120, failed: 0 });
    expect(new Set(await paths()).size).toBe(120);
  });

  it("pauses, goes on, and stops", async () => {
    site = tree(500);
    const { crawl, start, ended } = fresh();
    await start();
    expect((await crawl.steer("pause"))?.phase).toBe("paused");
    expect((await crawl.steer("resume"))?.phase).toBe("running");
    expect((await crawl.steer("stop"))?.phase).toBe("stopped");
    const counts = await ended("stopped");
    expect((await crawl.steer("resume"))?.counts).toEqual(counts);
  });

  it("repeats another crawl without what has not changed, and tells what has", async () => {
    const pages: Record<string, FakePage> = {
      "/": { ...linking("/same", "/plain", "/changed", "/gone", "/away"), etag: '"root"' },
      "/same": { ...linking("/deep"), etag: '"same"' },
      "/deep": { ...linking("/deeper"), etag: '"deep"' },
      "/deeper": linking(),
      "/plain": { body: "no tag" },
      "/changed": { body: "one", etag: '"one"' },
      "/gone": { body: "here", etag: '"here"' },
      "/away": { body: "only from the old root" },
    };
    site = (path) => pages[path];
    const first = fresh();
    await first.start();
    expect(await first.ended("all-done")).toMatchObject({ pages: 8 });
    pages["/"] = { ...linking("/same", "/plain", "/changed", "/gone", "/new"), etag: '"root 2"' };
    pages["/changed"] = { body: "two", etag: '"two"' };
    pages["/gone"] = { status: 404 };
    pages["/new"] = { body: "new" };
    delete pages["/away"];
    const second = fresh();
    await second.start({ recrawlOf: first.name });
    expect(await second.ended("all-done")).toMatchObject({ pages: 8 });
    const statuses = ((await second.crawl.pages(0, 99)) ?? []).map(({ url, status }) => [
      url.slice(HOST.length),
      status,
    ]);
    expect(Object.fromEntries(statuses)).toMatchObject({
      "/": 200,
      "/same": 304,
      "/deep": 304,
      "/deeper": 200,
    });
    const byId = new Map([["crawl_01ARZ3NDEKTSV4RRFFQ69G5FAV", second.crawl]]);
    const { app } = wholeApp({ isOpen: true, crawlFor: (id) => byId.get(id) ?? first.crawl });
    const diff = async (query: string) =>
      (await (await app.request(`/v1/crawls/crawl_01ARZ3NDEKTSV4RRFFQ69G5FAV/diff${query}`)).text())
        .replaceAll(HOST, "")
        .trimEnd()
        .split("\n")
        .map((line) => Object.values(JSON.parse(line) as object).join(" "));
    expect(await diff("")).toEqual([
      "/ changed",
      "/away removed",
      "/changed changed",
      "/deep unchanged",
      "/deeper unchanged",
      "/gone broken 404",
      "/new added",
      "/plain unchanged",
      "/same unchanged",
    ]);
    expect(await diff("?change=broken")).toEqual(["/gone broken 404"]);
  });

  it("keeps every page as it came, serves it again, and deletes its files with the rest", async () => {
    const small = tree(50);
    const pageOf = (path: string) => (path === "/49" ? { type: "image/png", body: "…" } : small(path));
    site = pageOf;
    const { crawl, start, ended, paths, object } = fresh();
    await start({ store: "warc" });
    for (let times = 0; times < 3; times += 1) {
      await vi.waitFor(
        async () => expect((await crawl.look())?.counts.pages).toBeGreaterThan(times),
        PATIENCE,
      );
      await evictDurableObject(object);
    }
    expect(await ended("all-done")).toMatchObject({ pages: 50 });
    const { app } = wholeApp({ isOpen: true, crawlFor: () => crawl, archives: env.ARCHIVES });
    const ask = async (path: string) =>
      await app.request(`/v1/crawls/crawl_01ARZ3NDEKTSV4RRFFQ69G5FAV/${path}`);
    for (const path of await paths()) {
      const page = await ask(`replay?url=${encodeURIComponent(HOST + path)}`);
      expect([path, page.status, await page.text()]).toEqual([path, 200, pageOf(path)?.body]);
      expect(page.headers.get("Content-Security-Policy")).toBe(
        "default-src 'none'; frame-ancestors 'none'; sandbox",
      );
      expect(page.headers.get("X-Content-Type-Options")).toBe("nosniff");
    }
    expect((await ask(`replay?url=${HOST}/none`)).status).toBe(404);
    const whole = new Uint8Array(await (await ask("archive")).arrayBuffer());
    const lines = (await (await ask("cdxj")).text()).trimEnd().split("\n");
    expect(lines).toEqual(lines.toSorted());
    const seen = new Set<string>();
    for (const line of lines) {
      const { url, offset, length } = JSON.parse(line.slice(line.indexOf("{"))) as Record<string, string>;
      const end = Number(offset) + Number(length);
      const { bytes } = await readResponseRecord(whole.slice(Number(offset), end));
      expect(new TextDecoder().decode(bytes)).toBe(pageOf(url?.slice(HOST.length) ?? "")?.body);
      seen.add(url ?? "");
    }
    expect(seen.size).toBe(50);

    const prefix = `crawls/${object.id.toString()}/`;
    const files = async () => (await env.ARCHIVES.list({ prefix })).objects.map(({ key }) => key);
    await env.ARCHIVES.put(`${prefix}orphan`, "stored, and never reported");
    await runDurableObjectAlarm(object);
    expect((await files()).toSorted()).toEqual([...((await crawl.segments()) ?? [])].toSorted());
    expect(await crawl.remove()).toBe(true);
    expect(await files()).toEqual([]);
    await env.ARCHIVES.put(`${prefix}late`, "stored by who did not know");
    await runDurableObjectAlarm(object);
    expect(await files()).toEqual([]);
  });

  it("is forgotten with its files when it has been kept for long enough", async () => {
    site = tree(3);
    const { crawl, ended, object } = fresh({ ...DEFAULT_SETTINGS, retentionMs: 1 });
    await crawl.create({
      startUrls: [`${HOST}/`],
      maxPages: 9,
      maxDepth: 9,
      concurrency: 6,
      scope: "host",
      store: "warc",
    });
    await ended("all-done");
    expect(await crawl.segments()).not.toEqual([]);
    await runDurableObjectAlarm(object);
    expect(await crawl.look()).toBeUndefined();
    expect((await env.ARCHIVES.list({ prefix: `crawls/${object.id.toString()}/` })).objects).toEqual([]);
  });

  it("deletes what it stored for a report that counts no more", async () => {
    const { crawl, name, start, object } = fresh();
    const puts = vi.spyOn(env.ARCHIVES, "put");
    site = async (path) => {
      if (path === "/") await openCrawls(env.CRAWLS, true)(name).steer("stop");
      return tree(3)(path);
    };
    await start({ store: "warc" });
    await vi.waitFor(async () => expect((await crawl.look())?.phase).toBe("stopped"), PATIENCE);
    const prefix = `crawls/${object.id.toString()}/`;
    await vi.waitFor(async () => {
      expect(puts).toHaveBeenCalled();
      expect((await env.ARCHIVES.list({ prefix })).objects).toEqual([]);
    }, PATIENCE);
    expect(await crawl.segments()).toEqual([]);
  });

  it("forgets all that it was when it is removed", async () => {
    site = tree(500);
    const { crawl, start } = fresh();
    await start();
    expect(await crawl.remove()).toBe(true);
    expect(await crawl.look()).toBeUndefined();
    expect(await crawl.remove()).toBe(false);
  });
});
