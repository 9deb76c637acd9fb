import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { keepHostNotes } from "../../durable-objects/crawl-host-notes.ts";
import { openSqliteFrontier } from "../../durable-objects/sqlite-frontier.ts";
import { DEFAULT_SETTINGS } from "../../src/crawl/plan.ts";
import type { HostNote } from "../../src/crawl/wire.ts";
import {
  answerSlowly,
  type FakePage,
  fakeSite,
  freshCrawl,
  HOST,
  linking,
  PATIENCE,
  tree,
} from "./fake-site.ts";

const site = fakeSite();

describe("Crawl", () => {
  it("fetches every page of a site once, asks for robots.txt once, and knows who led where", async () => {
    site.answer = tree(60);
    const { crawl, start, ended, paths } = freshCrawl();
    await start();
    expect(await ended("all-done")).toMatchObject({ pages: 60, known: 60, failed: 0, robots: 1 });
    expect(new Set(await paths()).size).toBe(60);
    expect(site.calls.toSorted()).toEqual([...new Set(site.calls)].toSorted());
    const [root, child] = (await crawl.pages(0, 2)) ?? [];
    expect(root).toMatchObject({ url: `${HOST}/`, depth: 0, title: "t", links: 3, status: 200 });
    expect(child).toMatchObject({ url: `${HOST}/1`, depth: 1, parent: `${HOST}/` });
  });

  it("begins once, and answers as it did then whenever it is told to begin again", async () => {
    site.answer = tree(30);
    const { start, ended } = freshCrawl();
    const first = await start();
    expect(first).toMatchObject({ phase: "running", counts: { pages: 0 } });
    const counts = await ended("all-done");
    expect(await start()).toEqual(first);
    expect(await start({ maxPages: 7 })).toBeUndefined();
    expect(await ended("all-done")).toEqual(counts);
  });

  it("stops at so many pages, to the page", async () => {
    site.answer = tree(200);
    const { start, ended } = freshCrawl();
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
    site.answer = (path) => pages[path];
    const { crawl, start, ended, paths } = freshCrawl();
    await start();
    expect(await ended("all-done")).toMatchObject({ pages: 3, redirects: 3, keptOut: 1, robots: 1 });
    expect((await paths()).toSorted()).toEqual(["/", "/a.png", "/target"]);
    expect(site.calls).not.toContain("/secret");
    expect(site.calls.filter((path) => !path.startsWith("/"))).toEqual([]);
    const why = async (path: string) => await crawl.why(new URL(path, HOST).href);
    expect(await why("/secret")).toMatchObject({ seen: { status: "kept-out", reason: "robots" } });
    expect(await why("/moved")).toMatchObject({ seen: { status: "redirect", reason: `${HOST}/target` } });
    expect(await why("http://b.example.com/")).toEqual({ isIn: false, rule: "scope" });
    expect(await why("http://10.0.0.1/")).toMatchObject({ isIn: false, rule: "address" });
    expect(await why("/x/x/x/x")).toEqual({ isIn: false, rule: "repeated-segment" });
    expect(await why("/never")).toEqual({ isIn: true, key: `${HOST}/never` });
    expect((await crawl.pages(0, 9))?.find(({ url }) => url.endsWith("png"))?.note).toBe("type-not-read");
  });

  it("runs by the order of a version that knew less", async () => {
    site.answer = tree(9);
    const { types, retentionMs, ...settings } = DEFAULT_SETTINGS;
    expect([types.length, retentionMs]).not.toContain(0);
    const { start, ended } = freshCrawl(settings as typeof DEFAULT_SETTINGS);
    await start();
    expect(await ended("all-done")).toMatchObject({ pages: 9, failed: 0 });
  });

  it("says how fast it goes, and what it knows of each host", async () => {
    const pages: Readonly<Record<string, FakePage>> = {
      "/": linking("/a", "/gone", "/old"),
      "/a": linking(),
      "/old": { status: 301, location: "/a" },
    };
    site.answer = (path) => pages[path];
    const { crawl, start, ended } = freshCrawl();
    await start();
    await ended("all-done");
    const { rate, counts, startedMs, endedMs = 0 } = (await crawl.look()) ?? expect.fail("there is none");
    expect([counts.pages, rate]).toEqual([3, 3_000 / (endedMs - startedMs)]);
    const { host } = new URL(HOST);
    const numbers = { known: 4, waiting: 0, pages: 3, redirects: 1, sitemaps: 0, failed: 0, keptOut: 0 };
    expect(await crawl.hosts(undefined, 9)).toEqual([{ host, ...numbers, robots: "allows-all" }]);
    const began = (await crawl.pages(0, 9))?.map(({ startedMs: atMs = 0 }) => atMs) ?? [];
    expect(Math.min(...began)).toBeGreaterThanOrEqual(startedMs);
    expect(Math.max(...began)).toBeLessThanOrEqual(endedMs);
  });

  it("keeps of a host what a later batch has not seen", async () => {
    site.answer = tree(1);
    const { crawl, start, ended, object } = freshCrawl();
    await start();
    await ended("all-done");
    const { host } = new URL(HOST);
    const hostAfter = async (note: Omit<HostNote, "host">, nowMs: number) => {
      await runInDurableObject(object, (_, { storage }) =>
        keepHostNotes(storage, [{ host, ...note }], nowMs),
      );
      return (await crawl.hosts(undefined, 1))?.[0] ?? expect.fail("there is none");
    };
    const first = { robots: "has-rules", crawlDelayMs: 2_000, pauseMs: 2_000.4, error: "timeout" } as const;
    const seen = { robots: "has-rules", crawlDelayMs: 2_000, pauseMs: 2_000, error: "timeout", errorAtMs: 7 };
    expect(await hostAfter(first, 7)).toMatchObject(seen);
    expect(await hostAfter({ pauseMs: 500 }, 8)).toMatchObject({ ...seen, pauseMs: 500 });
    const last = await hostAfter({ robots: "allows-all", error: "status-503" }, 9);
    expect(last).toMatchObject({ robots: "allows-all", error: "status-503", errorAtMs: 9 });
    expect(Object.keys(last)).not.toContain("crawlDelayMs");
  });

  it("gives up a host that never answers, says so of each of its URLs, and lists hosts a part at a time", async () => {
    const dead = `${HOST}0`;
    site.answer = (path) => {
      if (path.startsWith("0/")) throw new TypeError("Connection refused");
      return path === "/" ? linking(...[1, 2, 3].map((one) => `${dead}/${one}`)) : undefined;
    };
    const { crawl, start, ended } = freshCrawl({
      ...DEFAULT_SETTINGS,
      hostAttempts: 2,
      backoff: { baseMs: 1, capMs: 2 },
    });
    await start({ scope: { allow: ["*"] } });
    expect(await ended("all-done")).toMatchObject({ pages: 1, failed: 3, known: 4 });
    for (const one of [1, 2, 3]) {
      expect(await crawl.why(`${dead}/${one}`)).toMatchObject({
        seen: { status: "failed", reason: "host-unreachable" },
      });
    }
    const none = { waiting: 0, redirects: 0, sitemaps: 0, keptOut: 0 };
    const [first, second] = [
      { ...none, host: "127.0.0.1:90", known: 3, pages: 0, failed: 3 },
      { ...none, host: "127.0.0.1:9", known: 1, pages: 1, failed: 0 },
    ];
    const error = { error: "connection-failed", robots: "unreachable" };
    expect(await crawl.hosts(undefined, 1)).toMatchObject([{ ...first, ...error }]);
    expect(await crawl.hosts(first, 1)).toMatchObject([second]);
    expect(await crawl.hosts(second, 1)).toEqual([]);
  });

  it("takes first what was tried less, then what stands first, without sorting", async () => {
    await runInDurableObject(freshCrawl().object, (_, { storage }) => {
      const store = openSqliteFrontier(storage);
      const host = "a.example";
      const of = (path: string, rank: number) => ({ key: path, url: path, host, level: 0, rank, hops: 0 });
      store.add(
        [of("/2", 2), of("/1", 1), of("/3", 3)].map((one) => ({ ...one, parent: undefined })),
        9,
      );
      store.place(0);
      const take = (count: number) => store.take(0, host, 0, count);
      const [first] = take(1);
      expect(first?.url).toBe("/1");
      store.putBack([first?.id ?? 0], 0, { tries: 1, lost: 0 });
      expect(take(3).map(({ url }) => url)).toEqual(["/2", "/3", "/1"]);
      const plan = storage.sql
        .exec<{ detail: string }>(
          "EXPLAIN QUERY PLAN SELECT id FROM urls WHERE status = 'queued' AND level = 0 AND host = '' ORDER BY tries, place, id",
        )
        .toArray();
      expect(plan.map(({ detail }) => detail)).toEqual([
        expect.stringMatching(/^SEARCH urls USING .*INDEX due/),
      ]);
    });
  });

  it("remembers which hosts do not answer, and gives up what waits for one in a level", async () => {
    await runInDurableObject(freshCrawl().object, (_, { storage }) => {
      const store = openSqliteFrontier(storage);
      const of = (host: string, level: number) => {
        const url = `http://${host}/${level}`;
        return { key: url, url, host, level, rank: 1, hops: 0, parent: undefined };
      };
      store.add([of("a", 0), of("b", 0), of("a", 1)], 9);
      store.keepSilent({ host: "a", times: 2, untilMs: 5 });
      store.keepSilent({ host: "b", times: 1, untilMs: 4 });
      store.keepSilent({ host: "b", times: 0, untilMs: 0 });
      expect(openSqliteFrontier(storage).silent()).toEqual([{ host: "a", times: 2, untilMs: 5 }]);
      expect(store.giveUp(0, "a", "host-unreachable")).toBe(1);
      expect([store.hosts(0), store.hosts(1)]).toEqual([["b"], ["a"]]);
    });
  });

  it("counts hosts of a crawl that a version before did not count for", async () => {
    site.answer = tree(20);
    const { crawl, start, ended, object } = freshCrawl();
    await start({ maxPages: 5 });
    await ended("max-pages");
    const before = await crawl.hosts(undefined, 9);
    expect(before).toMatchObject([{ pages: 5 }]);
    await runInDurableObject(object, (_, { storage }) => void storage.sql.exec("DROP TABLE hosts"));
    await evictDurableObject(object);
    expect(await crawl.hosts(undefined, 9)).toEqual(before);
  });

  it("follows a redirect to another spelling of the same key, and no further than any chain", async () => {
    const pages: Readonly<Record<string, FakePage>> = {
      "/": linking("/x?utm_source=letter", "/loop?utm_source=1", "/self"),
      "/x?utm_source=letter": { status: 301, location: "/x" },
      "/x": linking("/y"),
      "/y": linking(),
      "/loop?utm_source=1": { status: 302, location: "/loop?" },
      "/loop?": { status: 302, location: "/loop?utm_source=1" },
      "/self": { status: 302, location: "/self" },
    };
    site.answer = (path) => pages[path];
    const { crawl, start, ended, paths } = freshCrawl();
    await start();
    expect(await ended("all-done")).toMatchObject({ pages: 3, redirects: 1, failed: 1, known: 5 });
    expect((await paths()).toSorted()).toEqual(["/", "/x", "/y"]);
    expect(site.calls.filter((path) => path.startsWith("/loop"))).toHaveLength(11);
    expect(await crawl.why(`${HOST}/loop`)).toMatchObject({ seen: { reason: "too-many-redirects" } });
    expect(await crawl.why(`${HOST}/self`)).toMatchObject({ seen: { status: "redirect" } });
  });

  it("says which bound keeps a URL out, and what it did not make of a page", async () => {
    const copy = linking("/days?day=1", "/days?day=2", "/days?day=3");
    const pages: Readonly<Record<string, FakePage>> = {
      "/": linking("/copy", "/copy2"),
      "/copy": copy,
      "/copy2": copy,
    };
    site.answer = (path) => pages[path] ?? (path.startsWith("/days") ? linking() : undefined);
    const { crawl, start, ended } = freshCrawl({
      ...DEFAULT_SETTINGS,
      maxVariants: 2,
      maxCopies: 1,
      maxKnown: 5,
    });
    await start();
    expect(await ended("all-done")).toMatchObject({ pages: 5 });
    const why = async (path: string) => await crawl.why(HOST + path);
    expect(await why("/days?day=2")).toMatchObject({ isIn: true, seen: { status: "page" } });
    expect(await why("/days?day=3")).toEqual({ isIn: false, rule: "too-many-queries" });
    expect(await why("/never")).toEqual({ isIn: false, rule: "too-many-urls" });
    const copies = await Promise.all(["/copy", "/copy2"].map(why));
    expect(copies.filter((one) => one?.isIn && one.seen?.reason === "repeated-content")).toHaveLength(1);
  });

  it("comes to the same pages when its object ends again and again", async () => {
    site.answer = tree(120);
    const { crawl, start, ended, paths, object } = freshCrawl();
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
    site.answer = tree(500);
    const { crawl, start, ended } = freshCrawl();
    await start();
    expect((await crawl.steer("pause"))?.phase).toBe("paused");
    expect((await crawl.steer("resume"))?.phase).toBe("running");
    expect((await crawl.steer("stop"))?.phase).toBe("stopped");
    const counts = await ended("stopped");
    expect((await crawl.steer("resume"))?.counts).toEqual(counts);
  });

  it.each([8, 18])(
    "has consumers of the queue fetch what more than its own connections carry: %i",
    async (concurrency) => {
      site.answer = tree(200);
      const open = answerSlowly();
      const { start, ended, paths } = freshCrawl();
      await start({ concurrency });
      expect(await ended("all-done")).toMatchObject({ pages: 200, known: 200, failed: 0 });
      expect(new Set(await paths()).size).toBe(200);
      expect(open.most).toBeGreaterThan(6);
      expect(open.most).toBeLessThanOrEqual(concurrency);
    },
  );

  it("goes only to the hosts that callers may name, where they are listed", async () => {
    const elsewhere = "http://b.example.com/";
    const pages: Readonly<Record<string, FakePage>> = {
      "/": linking("/a", elsewhere),
      "/a": { status: 302, location: elsewhere },
    };
    site.answer = (path) => pages[path] ?? { status: 404 };
    const { crawl, start, ended, paths } = freshCrawl(DEFAULT_SETTINGS, [new URL(HOST).hostname]);
    await start({ scope: { allow: ["*"] } });
    await ended("all-done");
    expect(await paths()).toEqual(["/"]);
    expect(await crawl.why(elsewhere)).toMatchObject({ isIn: false, rule: "address" });
    expect(await crawl.why(`${HOST}/a`)).toMatchObject({ isIn: true });

    // Not for robots.txt either.
    site.answer = () => ({ status: 302, location: elsewhere });
    const other = freshCrawl(DEFAULT_SETTINGS, [new URL(HOST).hostname]);
    await other.start();
    await other.ended("all-done");
    expect(site.calls.filter((path) => !path.startsWith("/"))).toEqual([]);
  });

  it("keeps to the pace of a host together with another crawl of it", async () => {
    const asked: { readonly beganMs: number; readonly endedMs: number }[] = [];
    site.answer = tree(6);
    vi.mocked(globalThis.fetch).mockImplementation(async (input) => {
      const path = (input instanceof Request ? input.url : String(input)).slice(HOST.length);
      const beganMs = performance.now();
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (path !== "/robots.txt") asked.push({ beganMs, endedMs: performance.now() });
      const page = await site.answer(path);
      return new Response(page?.body, {
        status: page === undefined ? 404 : 200,
        headers: { "Content-Type": "text/html" },
      });
    });
    const pace = { ...DEFAULT_SETTINGS.pace, floorMs: 60, sparesLoopback: true };
    const plan = {
      startUrls: [`${HOST}/0`],
      maxPages: 100,
      maxDepth: 9,
      concurrency: 6,
      scope: "host",
    } as const;
    const crawls = ["crawl-pace-a", "crawl-pace-b"].map((id) => ({ id, object: env.CRAWLS.getByName(id) }));
    for (const { id, object } of crawls) {
      await object.create({ id, plan, settings: { ...DEFAULT_SETTINGS, pace }, allowLoopback: true });
    }
    for (const { object } of crawls) {
      await vi.waitFor(async () => expect((await object.look())?.phase).toBe("all-done"), PATIENCE);
    }
    expect(asked).toHaveLength(12);
    const gaps = asked.slice(1).map(({ beganMs }, index) => beganMs - (asked[index]?.endedMs ?? 0));
    // A timer may be early by less than a millisecond of its clock.
    expect(Math.min(...gaps)).toBeGreaterThan(58);
  });

  it("forgets all that it was when it is removed", async () => {
    site.answer = tree(500);
    const { crawl, start } = freshCrawl();
    await start();
    expect(await crawl.remove()).toBe(true);
    expect(await crawl.look()).toBeUndefined();
    expect(await crawl.remove()).toBe(false);
  });

  it("is removed once, whoever else asks for it meanwhile, and begins anew under its name", async () => {
    site.answer = tree(5);
    const { crawl, start, ended, object } = freshCrawl();
    await start();
    await ended("all-done");
    await runInDurableObject(object, (_, { storage }) => {
      const deleteAll = storage.deleteAll.bind(storage);
      vi.spyOn(storage, "deleteAll").mockImplementation(async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        await deleteAll();
      });
    });
    const calls = await Promise.all([crawl.remove(), crawl.look(), crawl.remove(), start()]);
    expect(calls).toMatchObject([true, undefined, false, { phase: "running", counts: { pages: 0 } }]);
    expect(await ended("all-done")).toMatchObject({ pages: 5 });
  });
});
