import { describe, expect, it } from "vitest";
import type { LinkedPage } from "../../src/crawl/stub.ts";
import { wholeApp } from "../support/whole-app.ts";
import { answerSlowly, type FakePage, fakeSite, freshCrawl, HOST, linking, tree } from "./fake-site.ts";

const site = fakeSite();

describe("Crawl, by what it finds", () => {
  it("keeps what its pages link to, each link once", async () => {
    const many = Array.from({ length: 900 }, (_, index) => `/leaf?${index}`);
    const pages: Readonly<Record<string, FakePage>> = {
      "/": linking("/a", "/b"),
      "/a": linking("/", ...many),
    };
    site.answer = (path) => pages[path] ?? { body: "" };
    const { crawl, start, ended } = freshCrawl();
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

  it("lists no more links at once than one call carries, and all in the end", async () => {
    const long = "x".repeat(1_900);
    const parts = ["/a", "/b", "/c", "/d", "/e"];
    site.answer = (path) => {
      if (path === "/") return linking(...parts);
      if (!parts.includes(path)) return { body: "" };
      return linking(...Array.from({ length: 500 }, (_, index) => `${path}/${long}${index}`));
    };
    const { crawl, start, ended } = freshCrawl();
    await start({ maxDepth: 1 });
    await ended("all-done");
    const calls: number[] = [];
    let links = 0;
    for (let seq: number | undefined = 0; seq !== undefined;) {
      const rows: readonly LinkedPage[] = (await crawl.links(seq, 1_000)) ?? [];
      calls.push(rows.flatMap(({ targets }) => targets).join("").length);
      links += rows.flatMap(({ targets }) => targets).length;
      seq = rows.at(-1)?.seq;
    }
    expect(links).toBe(5 + 5 * 500);
    expect(calls.length).toBeGreaterThan(2);
    expect(Math.max(...calls)).toBeLessThan(4_000_000);
  });

  it("is not held up by readers of its events who never read", async () => {
    site.answer = tree(60);
    const { crawl, start, ended } = freshCrawl();
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
    site.answer = (path) => pages[path];
    const { crawl, start, ended, paths } = freshCrawl();
    await start({ startUrls: [`${HOST}/docs/`], scope: "prefix", sitemaps: true });
    expect(await ended("all-done")).toMatchObject({ pages: 4, sitemaps: 3, keptOut: 3, failed: 0 });
    expect((await paths()).toSorted()).toEqual(["/docs/", "/docs/a", "/docs/b", "/docs/c"]);
    const rows = (await crawl.pages(0, 9)) ?? [];
    expect(rows.find(({ url }) => url.endsWith("/a"))).toMatchObject({
      depth: 0,
      parent: `${HOST}/maps/1.xml`,
    });
    expect(await crawl.why(`${HOST}/maps/1.xml`)).toMatchObject({ isIn: true, seen: { status: "sitemap" } });
    expect(await crawl.why(`${HOST}/maps/2.xml`)).toEqual({ isIn: false, rule: "scope" });
    expect(rows.find(({ url }) => url.endsWith("/docs/"))).not.toHaveProperty("parent");
    expect(site.calls.filter((path) => !path.startsWith("/") || path === "/out")).toEqual([]);
  });

  it("repeats another crawl without what has not changed, and tells what has", async () => {
    const pages: Record<string, FakePage> = {
      "/": { ...linking("/same", "/plain", "/changed", "/gone", "/away", "/moved"), etag: '"root"' },
      "/same": { ...linking("/deep"), etag: '"same"' },
      "/deep": { ...linking("/deeper"), etag: '"deep"' },
      "/deeper": linking(),
      "/plain": { body: "no tag" },
      "/changed": { body: "one", etag: '"one"' },
      "/gone": { body: "here", etag: '"here"' },
      "/away": { body: "only from the old root" },
      "/moved": { body: "here", etag: '"moved"' },
    };
    site.answer = (path) => pages[path];
    const first = freshCrawl();
    await first.start();
    expect(await first.ended("all-done")).toMatchObject({ pages: 9 });
    pages["/moved"] = { status: 301, location: "/same" };
    pages["/"] = { ...linking("/same", "/plain", "/changed", "/gone", "/new", "/moved"), etag: '"root 2"' };
    pages["/changed"] = { body: "two", etag: '"two"' };
    pages["/gone"] = { status: 404 };
    pages["/new"] = { body: "new" };
    delete pages["/away"];
    const second = freshCrawl();
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
      "/moved changed",
      "/new added",
      "/plain unchanged",
      "/same unchanged",
    ]);
    expect(await diff("?change=broken")).toEqual(["/gone broken 404"]);
  });

  it("asks plainly where it may go elsewhere than the crawl that it repeats, whose links would not do", async () => {
    site.answer = (path) => ({
      ...(path === "/docs/" ? linking("/docs/a", "/other") : linking()),
      etag: `"${path}"`,
    });
    const plan = { startUrls: [`${HOST}/docs/`], scope: "prefix" } as const;
    const first = freshCrawl();
    await first.start(plan);
    await first.ended("all-done");
    const wider = freshCrawl();
    await wider.start({ ...plan, scope: "host", recrawlOf: first.name });
    await wider.ended("all-done");
    expect((await wider.paths()).toSorted()).toEqual(["/docs/", "/docs/a", "/other"]);
    const same = freshCrawl();
    await same.start({ ...plan, recrawlOf: first.name });
    await same.ended("all-done");
    expect((await same.crawl.pages(0, 9))?.map(({ status }) => status)).toEqual([304, 304]);
  });

  it("has consumers of the queue read sitemaps, too", async () => {
    const maps = Array.from({ length: 30 }, (_, index) => `/${index}.xml`);
    const listed = (path: string) => Array.from({ length: 5 }, (_, index) => `${path}-${index}`);
    site.answer = (path) => {
      if (path === "/robots.txt")
        return { type: "text/plain", body: maps.map((map) => `Sitemap: ${map}`).join("\n") };
      if (!path.endsWith(".xml")) return linking();
      if (!maps.includes(path)) return undefined;
      const locs = listed(path).map((to) => `<url><loc>${HOST}${to}</loc></url>`);
      return { type: "application/xml", body: `<urlset>${locs.join("")}</urlset>` };
    };
    const open = answerSlowly();
    const { start, ended, paths } = freshCrawl();
    await start({ sitemaps: true, concurrency: 18 });
    expect(await ended("all-done")).toMatchObject({ pages: 151, sitemaps: 31, failed: 0 });
    expect((await paths()).toSorted()).toEqual(["/", ...maps.flatMap(listed)].toSorted());
    expect(open.most).toBeGreaterThan(6);
  });

  it("has consumers of the queue ask the earlier crawl, too", async () => {
    const small = tree(150);
    site.answer = (path) => {
      const page = small(path);
      return page && { ...page, etag: `"${path}"` };
    };
    const first = freshCrawl();
    await first.start();
    await first.ended("all-done");
    const open = answerSlowly();
    const second = freshCrawl();
    await second.start({ recrawlOf: first.name, concurrency: 18 });
    expect(await second.ended("all-done")).toMatchObject({ pages: 150, failed: 0 });
    const rows = (await second.crawl.pages(0, 1_000)) ?? [];
    expect(rows.filter(({ status }) => status !== 304)).toEqual([]);
    expect(open.most).toBeGreaterThan(6);
  });
});
