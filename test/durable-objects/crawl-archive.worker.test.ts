import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { DEFAULT_SETTINGS } from "../../src/crawl/plan.ts";
import { readResponseRecord } from "../../src/crawl/replay.ts";
import type { CrawlStub } from "../../src/crawl/stub.ts";
import { openCrawls } from "../../src/crawls.ts";
import { wholeApp } from "../support/whole-app.ts";
import { answerSlowly, fakeSite, freshCrawl, HOST, PATIENCE, tree } from "./fake-site.ts";

const site = fakeSite();

/** The files of a crawl's archive. */
async function keysOf(crawl: CrawlStub): Promise<readonly string[]> {
  return ((await crawl.segments(0, 1_000))?.files ?? []).map(({ key }) => key);
}

describe("Crawl, with an archive", () => {
  it("keeps every page as it came, serves it again, and deletes its files with the rest", async () => {
    const small = tree(50);
    const pageOf = (path: string) => (path === "/49" ? { type: "image/png", body: "…" } : small(path));
    site.answer = pageOf;
    const { crawl, start, ended, paths, object } = freshCrawl();
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
    const ask = async (path: string, headers = {}) =>
      await app.request(`/v1/crawls/crawl_01ARZ3NDEKTSV4RRFFQ69G5FAV/${path}`, { headers });
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
    for (const from of [1, Math.floor(whole.length / 2), whole.length - 1]) {
      const rest = await ask("archive", { Range: `bytes=${from}-` });
      const range = `bytes ${from}-${whole.length - 1}/${whole.length}`;
      expect([rest.status, rest.headers.get("Content-Range")]).toEqual([206, range]);
      expect(new Uint8Array(await rest.arrayBuffer())).toEqual(whole.slice(from));
    }
    expect((await ask("archive", { Range: `bytes=${whole.length}-` })).status).toBe(416);
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
    expect((await files()).toSorted()).toEqual((await keysOf(crawl)).toSorted());
    expect(await crawl.remove()).toBe(true);
    expect(await files()).toEqual([]);
    await env.ARCHIVES.put(`${prefix}late`, "stored by who did not know");
    await runDurableObjectAlarm(object);
    expect(await files()).toEqual([]);
  });

  it("is forgotten with its files when it has been kept for long enough", async () => {
    site.answer = tree(3);
    const { crawl, ended, object } = freshCrawl({ ...DEFAULT_SETTINGS, retentionMs: 1 });
    await crawl.create({
      startUrls: [`${HOST}/`],
      maxPages: 9,
      maxDepth: 9,
      concurrency: 6,
      scope: "host",
      store: "warc",
    });
    await ended("all-done");
    expect(await keysOf(crawl)).not.toEqual([]);
    await runDurableObjectAlarm(object);
    expect(await crawl.look()).toBeUndefined();
    expect((await env.ARCHIVES.list({ prefix: `crawls/${object.id.toString()}/` })).objects).toEqual([]);
  });

  it("is forgotten when it was paused for as long as that, and not when it was woken before", async () => {
    const paused = async (retentionMs: number) => {
      site.answer = tree(500);
      const { crawl, start, object } = freshCrawl({ ...DEFAULT_SETTINGS, retentionMs });
      await start({ store: "warc" });
      await crawl.steer("pause");
      await runDurableObjectAlarm(object);
      return (await crawl.look())?.phase;
    };
    expect(await paused(0)).toBeUndefined();
    expect(await paused(60_000)).toBe("paused");
  });

  it("deletes what it stored for a report that counts no more", async () => {
    const { crawl, name, start, object } = freshCrawl();
    const puts = vi.spyOn(env.ARCHIVES, "put");
    site.answer = async (path) => {
      if (path === "/") await openCrawls(env.CRAWLS, { allowLoopback: true })(name).steer("stop");
      return tree(3)(path);
    };
    await start({ store: "warc" });
    await vi.waitFor(async () => expect((await crawl.look())?.phase).toBe("stopped"), PATIENCE);
    const prefix = `crawls/${object.id.toString()}/`;
    await vi.waitFor(async () => {
      expect(puts).toHaveBeenCalled();
      expect((await env.ARCHIVES.list({ prefix })).objects).toEqual([]);
    }, PATIENCE);
    expect(await keysOf(crawl)).toEqual([]);
  });

  it("has consumers of the queue keep what they fetch, too", async () => {
    site.answer = tree(200);
    const open = answerSlowly();
    const { crawl, start, ended, object } = freshCrawl();
    await start({ store: "warc", concurrency: 18 });
    expect(await ended("all-done")).toMatchObject({ pages: 200, failed: 0 });
    expect(open.most).toBeGreaterThan(6);
    const records = (await crawl.index(undefined, 1_000)) ?? [];
    expect(records).toHaveLength(200);
    const segments = await keysOf(crawl);
    const prefix = `crawls/${object.id.toString()}/`;
    expect(segments.filter((key) => !key.startsWith(prefix))).toEqual([]);
    const { objects } = await env.ARCHIVES.list({ prefix });
    expect(objects.map(({ key }) => key).toSorted()).toEqual([...segments].toSorted());
  });

  it("keeps the file of a report that comes again, and of no other that is refused", async () => {
    site.answer = tree(1);
    const { crawl, start, ended, object } = freshCrawl();
    await start({ store: "warc" });
    await ended("all-done");
    const [key = ""] = await keysOf(crawl);
    const again = (segment: string) =>
      object.report({ lease: 1, results: [], robots: 0, segment: { key: segment, bytes: 1, records: [] } });
    expect(await again(key)).toBe(false);
    const late = `${key}-late`;
    await env.ARCHIVES.put(late, "stored for a lease that had run out");
    expect(await again(late)).toBe(false);
    await vi.waitFor(async () => expect(await env.ARCHIVES.head(late)).toBeNull(), PATIENCE);
    expect(await env.ARCHIVES.head(key)).not.toBeNull();
  });
});
