import { describe, expect, it } from "vitest";
import { Semaphore, VirtualClock } from "#kernel";
import type { FetchContext } from "../../src/crawl/fetch-context.ts";
import { createJudge } from "../../src/crawl/judge.ts";
import { DEFAULT_SETTINGS } from "../../src/crawl/plan.ts";
import { runBatch } from "../../src/crawl/run-batch.ts";
import { sitemapRules } from "../../src/crawl/sitemap-rules.ts";
import { memoryGates } from "./memory-gates.ts";
import { type FakeAnswers, fakeUpstream } from "../support/fake-upstream.ts";

const HTML = { "Content-Type": "text/html" };
const html = (raw: string, headers: Readonly<Record<string, string>> = {}) => ({
  raw,
  headers: { ...HTML, ...headers },
});
const policy = { allowLoopback: false };

async function run(
  paths: readonly string[],
  answers: FakeAnswers,
  settings: Partial<typeof DEFAULT_SETTINGS> = {},
  {
    sitemaps = false,
    earlier,
    connections = 6,
    keep,
    hash = async (bytes) => await Promise.resolve(String(bytes.length)),
  }: {
    sitemaps?: boolean;
    earlier?: FetchContext["earlier"];
    connections?: number;
    keep?: FetchContext["keep"];
    hash?: FetchContext["hash"];
  } = {},
) {
  const clock = new VirtualClock();
  const { fetch, state } = fakeUpstream(clock, { "/robots.txt": { status: 404 }, ...answers });
  const asked: number[] = [];
  const noted: unknown[] = [];
  const gates = memoryGates(clock);
  const startUrls = ["https://a.example.com/"];
  const urls = paths.map((path, index) => ({
    id: index + 1,
    url: new URL(path, startUrls[0]).href,
    host: "a.example.com",
  }));
  const report = await clock.run(
    runBatch(
      { lease: 1, urls },
      {
        earlier,
        keep,
        sitemaps: sitemapRules({ scope: "host", startUrls, sitemaps }, policy),
        fetch: async (url, init) => {
          asked.push(clock.now());
          return await fetch(url, init);
        },
        clock,
        epochMs: () => clock.now(),
        hash,
        noteFailure: (event, error) => void noted.push(event, error),
        judge: createJudge({ scope: "host", startUrls }, policy),
        settings: { ...DEFAULT_SETTINGS, ...settings },
        policy,
        who: "crawl-1",
        gateFor: (host) => gates.gateFor(host),
        rules: new Map(),
        connections: new Semaphore(connections),
        isWanted: () => true,
      },
    ),
  );
  const readyMs = gates.states.get("a.example.com")?.readyMs ?? 0;
  return {
    report,
    readyMs,
    tookMs: clock.now(),
    requests: state.requests,
    calls: state.calls,
    asked,
    noted,
    results: report.results,
  };
}

describe("runBatch", () => {
  it("asks one after the other, with a pause of five times what the last answer took", async () => {
    const { asked } = await run(["/1", "/2", "/3"], {
      "/1": { ...html(""), afterMs: 200 },
      "/2": { ...html(""), afterMs: 10 },
      "/3": html(""),
    });
    // 200 ms and 1,000 of pause; 10 ms and 500, the floor.
    expect(asked).toEqual([0, 0, 1_200, 1_710]);
  });

  it("notes when each request began, and how it found the host", async () => {
    const robots = { raw: "User-agent: *\nCrawl-delay: 3\nDisallow: /no" };
    const answers = { "/robots.txt": robots, "/1": { ...html(""), afterMs: 200 }, "/2": { status: 503 } };
    const { results, report, readyMs, tookMs } = await run(["/1", "/2"], answers);
    expect(results).toMatchObject([{ page: { startedMs: 0, ms: 200 } }, { page: { startedMs: 3_200 } }]);
    expect(report.hosts).toEqual([
      {
        host: "a.example.com",
        robots: "has-rules",
        crawlDelayMs: 3_000,
        pauseMs: readyMs - tookMs,
        error: "status-503",
      },
    ]);
  });

  it.each([
    [{ status: 404 }, { robots: "allows-all" }],
    [{ status: 503 }, { robots: "unreachable", error: "robots-unreachable" }],
  ])("notes what a host has to say by a robots.txt that is %o", async (robots, note) => {
    for (const host of ["a.example.com", "127.0.0.1:9"]) {
      const { report } = await run([`https://${host}/1`], { "/robots.txt": robots, "/1": html("") });
      expect(report.hosts).toMatchObject([{ host, ...note }]);
    }
  });

  it("hands back what is left of a batch that has found more than a report can carry", async () => {
    const page = html(
      `<base href="/${"x".repeat(1_000)}/">${Array.from({ length: 900 }, (_, n) => `<a href=${n}>`).join("")}`,
    );
    const paths = Array.from({ length: 8 }, (_, index) => `/${index}`);
    const { results } = await run(paths, Object.fromEntries(paths.map((path) => [path, page])), {
      pace: { ...DEFAULT_SETTINGS.pace, floorMs: 0 },
    });
    expect(results.length).toBe(5);
  });

  it("has one gate for a host, whether or not its name ends with a dot", async () => {
    const { results } = await run(["https://a.example.com/1", "https://a.example.com./2"], {
      "/1": html(""),
    });
    expect(results).toMatchObject([
      { id: 2, kind: "deferred" },
      { id: 1, kind: "page" },
    ]);
  });

  it("keeps to the delay of a robots.txt", async () => {
    const robots = { raw: "User-agent: *\nCrawl-delay: 3" };
    const { asked } = await run(["/1", "/2"], { "/robots.txt": robots, "/1": html(""), "/2": html("") });
    expect(asked).toEqual([0, 0, 3_000]);
  });

  it("leaves a host alone that asks for it, and hands back what is left", async () => {
    const { results, calls } = await run(["/1", "/2"], {
      "/1": { status: 503, headers: { "Retry-After": "60" } },
    });
    expect(results).toMatchObject([
      { kind: "retry", reason: "status-503", afterMs: 60_000, page: { status: 503 } },
      { kind: "deferred", afterMs: 60_000 },
    ]);
    expect(calls).toEqual(["/robots.txt", "/1"]);
  });

  it.each<[name: string, headers: Readonly<Record<string, string>>, pauseMs: number]>([
    ["as long as it asks for", { "Retry-After": "60" }, 60_000],
    ["a while, twice the usual one", {}, 1_000],
  ])("leaves a host alone that cannot give its robots.txt: %s", async (_, headers, pauseMs) => {
    const { results, readyMs } = await run(["/1", "/2"], { "/robots.txt": { status: 503, headers } });
    expect(results).toMatchObject([{ kind: "retry" }, { kind: "retry" }]);
    expect(readyMs).toBe(pauseMs);
  });

  it.each<[what: string, urls: readonly string[], slow: string, calls: readonly string[]]>([
    [
      "no page of a host that is spared",
      ["https://a.example.com/1", "https://b.example.com/2"],
      "/1",
      ["/robots.txt", "/robots.txt", "/1"],
    ],
    [
      "no robots.txt of one",
      ["https://a.example.com/1", "https://b.example.com/2"],
      "/robots.txt",
      ["/robots.txt"],
    ],
    ["no page of this machine", ["http://127.0.0.1/1", "http://127.0.0.1/2"], "/1", ["/robots.txt", "/1"]],
    ["no robots.txt of it", ["http://127.0.0.1:1/", "http://127.0.0.1:2/"], "/robots.txt", ["/robots.txt"]],
  ])("begins %s that has waited for a connection for too long", async (_, urls, slow, expected) => {
    const answers = { [slow]: { hangs: true } } as const;
    const { results, calls, tookMs } = await run(urls, answers, { timeoutMs: 10_000 }, { connections: 1 });
    expect(results).toMatchObject([{ id: 1, kind: "retry" }]);
    expect(calls).toEqual(expected);
    expect(tookMs).toBe(10_000);
  });

  it.each<[name: string, answers: FakeAnswers, robots: number, result: object]>([
    ["500", { "/robots.txt": { status: 500 } }, 1, { kind: "retry", reason: "robots-unreachable" }],
    ["429", { "/robots.txt": { status: 429 } }, 1, { kind: "retry", reason: "robots-unreachable" }],
    ["nothing", { "/robots.txt": { refuses: true } }, 1, { kind: "retry", reason: "connection-failed" }],
    ["silence", { "/robots.txt": { hangs: true } }, 1, { kind: "retry", reason: "timeout" }],
    [
      "a coding that nobody reads",
      { "/robots.txt": { raw: "\u0000", headers: { "Content-Encoding": "deflate" } } },
      1,
      { kind: "retry", reason: "robots-unreachable" },
    ],
    ["403", { "/robots.txt": { status: 403 } }, 1, { kind: "page" }],
    [
      "a redirect to rules",
      {
        "/robots.txt": { status: 301, headers: { Location: "/r" } },
        "/r": { raw: "User-agent: *\nDisallow: /" },
      },
      2,
      { kind: "kept-out", reason: "robots" },
    ],
    [
      "a redirect with a space in it",
      {
        "/robots.txt": { status: 301, headers: { Location: "/r s" } },
        "/r%20s": { raw: "User-agent: *\nDisallow: /" },
      },
      2,
      { kind: "kept-out", reason: "robots" },
    ],
    ["a redirect to nowhere", { "/robots.txt": { status: 300 } }, 1, { kind: "page" }],
    [
      "a redirect into a private network",
      { "/robots.txt": { status: 301, headers: { Location: "http://10.0.0.1/robots.txt" } } },
      1,
      { kind: "retry", reason: "robots-unreachable" },
    ],
    [
      "redirects without end",
      { "/robots.txt": { status: 302, headers: { Location: "/robots.txt" } } },
      6,
      { kind: "page" },
    ],
  ])("takes a robots.txt of %s for what RFC 9309 says", async (_, answers, robots, result) => {
    const { report } = await run(["/1"], { "/1": html(""), ...answers });
    expect(report).toMatchObject({ robots, results: [result] });
  });

  it.each<[name: string, answer: FakeAnswers[string], result: object]>([
    [
      "a page",
      html("<title>T</title><a href=/b>"),
      { page: { title: "T", links: 1 }, found: [{ host: "a.example.com" }] },
    ],
    ["a body that is too large", html("x".repeat(1_001)), { page: { note: "body-too-large", bytes: 1_000 } }],
    [
      "an image",
      { raw: "x", headers: { "Content-Type": "image/png" } },
      { page: { note: "type-not-read", bytes: 0 } },
    ],
    [
      "a coding that nobody asked for",
      html("<a href=/b>", { "Content-Encoding": "deflate" }),
      { page: { note: "coding-not-read", bytes: 0 }, found: [] },
    ],
    ["a coding that is none", html("<a href=/b>", { "Content-Encoding": "identity" }), { found: [{}] }],
    ["what is not there", { status: 404 }, { page: { status: 404, note: "error-status" } }],
    ["a server that fails", { status: 500 }, { kind: "retry", reason: "status-500" }],
    ["nobody", { refuses: true }, { kind: "retry", reason: "connection-failed" }],
    ["who never answers", { hangs: true }, { kind: "retry", reason: "timeout" }],
    ["a body without end", { ...html("abcd"), body2: "hangs" }, { kind: "retry", reason: "timeout" }],
    [
      "a body that breaks",
      { ...html("abcd"), body2: "breaks" },
      { kind: "retry", reason: "connection-failed" },
    ],
    [
      "a header that forbids to follow",
      html("<a href=/b>", { "X-Robots-Tag": "otherbot: noindex, manifoldbot: nofollow" }),
      { page: { note: "nofollow" }, found: [] },
    ],
    [
      "a header that forbids it to another",
      html("<a href=/b>", { "X-Robots-Tag": "otherbot: nofollow" }),
      { found: [{ host: "a.example.com" }] },
    ],
    [
      "links out of scope",
      html("<a href=//b.example.com><a href=http://10.0.0.1>"),
      { page: { links: 2 }, found: [] },
    ],
    [
      "a redirect",
      { status: 302, headers: { Location: "/b" } },
      { kind: "redirect", to: "https://a.example.com/b", target: { host: "a.example.com" } },
    ],
    [
      "a redirect with a space in it, as browsers take it",
      { status: 302, headers: { Location: "/b c" } },
      { kind: "redirect", to: "https://a.example.com/b%20c", target: { url: "https://a.example.com/b%20c" } },
    ],
    [
      "a redirect that nobody can read",
      { status: 302, headers: { Location: "http://[" } },
      { kind: "redirect", to: "http://[" },
    ],
    [
      "a redirect into a private network",
      { status: 302, headers: { Location: "http://127.0.0.1/" } },
      { kind: "redirect", to: "http://127.0.0.1/" },
    ],
  ])("makes of %s what it is", async (_, answer, result) => {
    const { results } = await run(["/1"], { "/1": answer }, { maxBytes: 1_000 });
    expect(results).toMatchObject([result]);
    if (results[0]?.kind === "redirect" && results[0].to.includes("127")) {
      expect(results[0]).not.toHaveProperty("target");
    }
  });
});

describe("runBatch, where this crawler has a mistake", () => {
  const mistake = new RangeError("Maximum call stack size exceeded");

  it("says so, with where it is, and does not try the page again", async () => {
    const hash = async () => await Promise.reject(mistake);
    const { results, noted } = await run(["/1", "/2"], { "/1": html("x") }, {}, { hash });
    expect(results).toMatchObject([
      { id: 1, kind: "failed", reason: "crawler-fault" },
      { id: 2, kind: "page", page: { status: 404 } },
    ]);
    expect(noted).toEqual(["crawl-page-failed", expect.objectContaining({ cause: mistake })]);
  });

  it("takes nothing that the world does for one", async () => {
    const answers: FakeAnswers = {
      "/1": { refuses: true },
      "/2": { hangs: true },
      "/3": { ...html("a"), body2: "breaks" },
    };
    const { noted } = await run(["/1", "/2", "/3"], answers, { timeoutMs: 1_000 });
    expect(noted).toEqual([]);
  });
});

const XML = { "Content-Type": "application/xml" };
const urlset = (count: number) =>
  `<urlset>${Array.from({ length: count }, (_, index) => `<url><loc>https://a.example.com/${index}</loc></url>`).join("")}</urlset>`;

describe("runBatch, where sitemaps are read", () => {
  it.each<[name: string, path: string, answer: FakeAnswers[string], result: object]>([
    ["a sitemap", "/sitemap.xml", { raw: urlset(2), headers: XML }, { kind: "sitemap", found: [{}, {}] }],
    ["one anywhere", "/x", { raw: urlset(1), headers: XML }, { kind: "sitemap", found: [{}] }],
    ["one by its name alone", "/x.xml", { raw: urlset(1) }, { kind: "sitemap", found: [{}] }],
    [
      "other XML",
      "/x.xml",
      { raw: "<rss/>", headers: XML },
      { kind: "page", page: { note: "type-not-read" } },
    ],
    ["other XML where one may be", "/sitemap.xml", { raw: "<rss/>", headers: XML }, { kind: "kept-out" }],
    [
      "a page where one may be",
      "/sitemap.xml",
      html("<a href=/b>"),
      { kind: "kept-out", reason: "no-sitemap" },
    ],
    ["none where one may be", "/sitemap.xml", { status: 404 }, { kind: "kept-out", reason: "no-sitemap" }],
    ["a server that fails", "/sitemap.xml", { status: 503 }, { kind: "retry", reason: "status-503" }],
    [
      "a server that asks to be left alone",
      "/sitemap.xml",
      { status: 429, headers: { "Retry-After": "7" } },
      { kind: "retry", reason: "status-429", afterMs: 7_000 },
    ],
    [
      "a body that breaks",
      "/sitemap.xml",
      { raw: urlset(2), headers: XML, body2: "breaks" },
      { kind: "retry", reason: "connection-failed" },
    ],
    ["XHTML", "/x", html("<p>", { "Content-Type": "application/xhtml+xml" }), { kind: "page" }],
  ])("makes of %s what it is", async (_, path, answer, result) => {
    const { results } = await run([path], { [path]: answer }, {}, { sitemaps: true });
    expect(results).toMatchObject([result]);
    expect(results[0]).not.toHaveProperty("page.found");
  });

  it.each([
    [
      "a page whose name is that of a sitemap",
      { "Content-Type": "text/html" },
      `<a href=/b>${" ".repeat(9_000)}`,
    ],
    ["a feed", XML, `<rss>${"x".repeat(9_000)}</rss>`],
    [
      "a feed that says how long it is",
      { ...XML, "Content-Length": "9011" },
      `<rss>${"x".repeat(9_000)}</rss>`,
    ],
    ["text without a tag", XML, "x".repeat(9_000)],
  ])("reads all of %s", async (_, headers, raw) => {
    const kept: string[] = [];
    const keep = async ({ bytes }: { readonly bytes: Uint8Array }) =>
      await Promise.resolve(void kept.push(new TextDecoder().decode(bytes)));
    const { results } = await run(["/x.xml"], { "/x.xml": { raw, headers } }, {}, { sitemaps: true, keep });
    expect(results).toMatchObject([{ kind: "page", page: { status: 200, bytes: raw.length } }]);
    expect(kept).toEqual([raw]);
  });

  it.each([500, 1_500])("reads no more of text without a tag than it may, in pieces of %i", async (size) => {
    const raw = Array.from({ length: 6 }, () => "x".repeat(size));
    const kept: unknown[] = [];
    const keep = async ({ bytes, isCut }: { readonly bytes: Uint8Array; readonly isCut: boolean }) =>
      await Promise.resolve(void kept.push([bytes.length, isCut]));
    const answers = { "/x.xml": { raw, headers: XML } };
    await run(["/x.xml"], answers, { maxBytes: 1_000 }, { sitemaps: true, keep });
    expect(kept).toEqual([[1_000, true]]);
  });

  it("asks for pages first, and refuses no type, for a sitemap has another", async () => {
    const { requests } = await run(["/sitemap.xml"], {}, {}, { sitemaps: true });
    const accepted = requests.map(({ headers }) => new Headers(headers).get("Accept"));
    expect(accepted).toEqual(
      requests.map(() => expect.stringMatching(/^text\/html,.*\*\/\*;q=0\.1$/) as string),
    );
  });

  it("asks robots.txt for sitemaps, on its own host and no other", async () => {
    const raw =
      "Sitemap: /a.xml\nuser-agent: x\nSITEMAP: https://a.example.com/b.xml #\nSitemap: https://b.example.com/c.xml";
    const { results } = await run(["/robots.txt"], { "/robots.txt": { raw } }, {}, { sitemaps: true });
    const found = [{ url: "https://a.example.com/a.xml" }, { url: "https://a.example.com/b.xml" }];
    expect(results).toMatchObject([{ kind: "sitemap", found }]);
  });

  it("hands back what is left of a batch that has listed very many", async () => {
    const answer = { raw: urlset(10_000), headers: XML };
    const { results } = await run(
      ["/1.xml", "/2.xml"],
      { "/1.xml": answer, "/2.xml": answer },
      {},
      { sitemaps: true },
    );
    expect(results.map(({ id }) => id)).toEqual([1]);
  });
});

describe("runBatch, where an earlier crawl has been", () => {
  const page = { status: 200, type: "text/html", bytes: 7, ms: 1, hash: "h", title: "T", links: 2 };
  const targets = ["https://a.example.com/b", "https://b.example.com/out"];
  const headersOf = (init: RequestInit | undefined) => new Headers(init?.headers);

  it("asks on a condition, and takes what is not sent again from there", async () => {
    const earlier = () => ({
      key: "",
      targets,
      page: { ...page, startedMs: 99, etag: '"1"', modified: "Wed, 25 Nov 2026 14:00:00 GMT" },
    });
    const { results, requests } = await run(["/1"], { "/1": { status: 304 } }, {}, { earlier });
    const headers = headersOf(requests[1]);
    expect(headers.get("If-None-Match")).toBe('"1"');
    expect(headers.get("If-Modified-Since")).toBe("Wed, 25 Nov 2026 14:00:00 GMT");
    expect(headersOf(requests[0]).has("If-None-Match")).toBe(false);
    expect(results).toMatchObject([
      {
        kind: "page",
        page: {
          status: 304,
          startedMs: 0,
          note: "not-modified",
          hash: "h",
          title: "T",
          bytes: 7,
          etag: '"1"',
        },
        found: [{ url: "https://a.example.com/b" }],
      },
    ]);
  });

  it("asks plainly for what it knows nothing of, or no tag of", async () => {
    const earlier = (id: number) => (id === 1 ? { key: "", targets, page } : undefined);
    const { requests, results } = await run(
      ["/1", "/2"],
      { "/1": html("new"), "/2": html("") },
      {},
      { earlier },
    );
    expect(
      requests.map((init) => [...headersOf(init).keys()].filter((name) => name.startsWith("if-"))),
    ).toEqual([[], [], []]);
    expect(results).toMatchObject([{ page: { status: 200, bytes: 3 } }, { page: { status: 200 } }]);
  });

  it("takes a 304 that it did not ask for as an error", async () => {
    const { results } = await run(["/1"], { "/1": { status: 304 } });
    expect(results).toMatchObject([{ kind: "page", page: { status: 304, note: "error-status" } }]);
  });
});
