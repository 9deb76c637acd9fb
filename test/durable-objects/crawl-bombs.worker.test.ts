import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type CrawlSettings, DEFAULT_SETTINGS } from "../../src/crawl/plan.ts";
import type { PageRow } from "../../src/crawl/stub.ts";

const PATIENCE = { timeout: 60_000, interval: 20 };
const HOST = "http://127.0.0.1:9";
const HTML = { "Content-Type": "text/html" };
const SETTINGS = { maxBytes: 2_000_000, timeoutMs: 2_000, backoff: { baseMs: 1, capMs: 1 }, attempts: 2 };

let site: (path: string, init: RequestInit) => Response | Promise<Response>;
const asked: string[] = [];

beforeEach(() => {
  asked.length = 0;
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : String(input));
    asked.push(url.href);
    return await site(url.pathname + url.search, init ?? {});
  });
});
afterEach(() => vi.restoreAllMocks());

let count = 0;

/** Crawls a front page that links to `/bad` and `/good`. */
async function crawl(
  bad: Readonly<Record<string, (init: RequestInit) => Response | Promise<Response>>>,
  settings: Partial<CrawlSettings> = {},
) {
  site = async (path, init) => {
    const own = bad[path] ?? bad[path.split("?")[0] ?? ""];
    if (own !== undefined) return await own(init);
    if (path === "/") return new Response("<a href=/bad>b</a><a href=/good>g</a>", { headers: HTML });
    return new Response(path === "/good" ? "fine" : "", {
      status: path === "/good" ? 200 : 404,
      headers: HTML,
    });
  };
  const id = `crawl-bombs-${(count += 1)}`;
  const object = env.CRAWLS.getByName(id);
  const plan = {
    startUrls: [`${HOST}/`],
    maxPages: 300,
    maxDepth: 100,
    concurrency: 6,
    scope: "host",
  } as const;
  await object.create({
    id,
    plan,
    settings: { ...DEFAULT_SETTINGS, ...SETTINGS, ...settings },
    allowLoopback: true,
  });
  await vi.waitFor(async () => expect((await object.look())?.phase).not.toBe("running"), PATIENCE);
  const view = await object.look();
  const pages = (await object.pages(0, 1_000)) ?? [];
  const page = (path: string): PageRow | undefined => pages.find(({ url }) => url === HOST + path);
  // Whatever the other is, the crawl goes on.
  expect(page("/good")).toMatchObject({ status: 200 });
  return {
    phase: view?.phase,
    counts: view?.counts,
    page,
    why: async (url: string) => await object.why(url),
  };
}

/** A body of so many pieces, made as it is read. */
function endless(piece: Uint8Array, pieces = Infinity) {
  const state = { sent: 0 };
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (state.sent >= pieces) controller.close();
      else controller.enqueue(piece);
      state.sent += 1;
    },
  });
  return { body, state };
}

const encoder = new TextEncoder();

describe("a crawl that meets", () => {
  it("a million links on a page keeps as many as it keeps of any, and says that there are more", async () => {
    const links = Array.from({ length: 6_000 }, (_, n) => `<a href=//b/${n}>`).join("");
    const { body } = endless(encoder.encode(links), 167);
    const bad = () => new Response(body, { headers: HTML });
    const { page, counts } = await crawl({ "/bad": bad }, { maxBytes: 64 * 1024 * 1024, timeoutMs: 30_000 });
    expect(page("/bad")).toMatchObject({ note: "more-links-than-kept" });
    expect(counts?.known).toBeLessThan(10);
  });

  it("a bomb reads no more of it than it may, and notes that", async () => {
    // What the platform has decompressed, as a fetch hands it on.
    const { body, state } = endless(new Uint8Array(65_536));
    const { page } = await crawl({ "/bad": () => new Response(body, { headers: HTML }) });
    expect(page("/bad")).toMatchObject({ note: "body-too-large", bytes: 2_000_000 });
    expect(state.sent).toBeLessThan(60);
  });

  it("a body that says it is short and is compressed trusts no length", async () => {
    const { body } = endless(new Uint8Array(65_536));
    const headers = { ...HTML, "Content-Encoding": "br", "Content-Length": "100" };
    const response = new Response(body, { headers, encodeBody: "manual" });
    const { page } = await crawl({ "/bad": () => response });
    expect(page("/bad")).toMatchObject({ note: "body-too-large" });
  });

  it("a body that never ends gives up after its time", async () => {
    const hang = (init: RequestInit) =>
      new Response(
        new ReadableStream({
          start: (controller) =>
            init.signal?.addEventListener("abort", () => controller.error(new Error("aborted"))),
        }),
        { headers: HTML },
      );
    const { counts, why } = await crawl({ "/bad": hang }, { timeoutMs: 200 });
    expect(counts).toMatchObject({ failed: 1, retries: 1 });
    expect(await why(`${HOST}/bad`)).toMatchObject({ seen: { status: "failed", reason: "timeout" } });
  });

  it("redirects in a circle and without end follows each once, ten at most", async () => {
    const to = (path: string) => () => new Response(null, { status: 302, headers: { Location: path } });
    const chain = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [`/c${index}`, to(`/c${index + 1}`)]),
    );
    const links = () => new Response("<a href=/loop1><a href=/c0><a href=/self>", { headers: HTML });
    const { counts, why } = await crawl({
      ...chain,
      "/bad": links,
      "/loop1": to("/loop2"),
      "/loop2": to("/loop1"),
      "/self": to("/self#again"),
    });
    expect(await why(`${HOST}/c10`)).toMatchObject({
      seen: { status: "failed", reason: "too-many-redirects" },
    });
    expect(await why(`${HOST}/c11`)).not.toHaveProperty("seen");
    expect(counts).toMatchObject({ redirects: 13, failed: 1 });
    expect(asked.filter((url) => url.endsWith("/loop1"))).toHaveLength(1);
  });

  it("a robots.txt of 10 MB goes by its first half megabyte, and reads no more than one", async () => {
    const rules = encoder.encode(`User-agent: *\nDisallow: /bad\n${"# a line of a comment\n".repeat(3_000)}`);
    const { body, state } = endless(rules, Math.ceil(10_000_000 / rules.length));
    const { counts } = await crawl({ "/robots.txt": () => new Response(body) });
    expect(counts).toMatchObject({ keptOut: 1, robots: 1 });
    expect(state.sent * rules.length).toBeLessThan(2_000_000);
  });

  it.each([
    [
      "a charset that there is not",
      "text/html; charset=nonsense",
      encoder.encode("<title>t</title><a href=/ok>"),
    ],
    ["a charset that means no text", "text/html; charset=replacement", encoder.encode("<a href=/ok>")],
    ["another charset than it says", "text/html; charset=utf-16", encoder.encode("<a href=/ok><a href=/ok>")],
    [
      "bytes that are no UTF-8",
      "text/html",
      new Uint8Array([0xff, 0xfe, 0xc0, 0xaf, ...encoder.encode("<a href=/ok>")]),
    ],
    ["zeros", "text/html", new Uint8Array(1_000)],
    ["half a tag", "text/html", encoder.encode("<a href='/ok")],
  ])("%s makes of it what it can", async (_, type, bytes) => {
    const { page, counts } = await crawl({
      "/bad": () => new Response(bytes, { headers: { "Content-Type": type } }),
    });
    expect(page("/bad")).toMatchObject({ status: 200, bytes: bytes.length });
    expect(counts?.failed).toBe(0);
  });

  it("calendars without end, in the query and in the path, leaves them", async () => {
    const year = () => new Response("a year", { headers: HTML });
    const { phase, counts, why } = await crawl({
      "/bad": () =>
        new Response(
          `<a href="/cal?day=0">${Array.from({ length: 400 }, (_, day) => `<a href="/cal?day=${day}">`).join("")}<a href="/2026/2026/2026/">`,
          { headers: HTML },
        ),
      "/cal": year,
    });
    expect(phase).toBe("all-done");
    expect(counts?.known).toBe(103);
    expect(await why(`${HOST}/2026/2026/2026/`)).toEqual({ isIn: false, rule: "repeated-segment" });
  });

  it("private addresses in any spelling asks none of them", async () => {
    const urls = [
      "http://10.0.0.1/",
      "http://0xa.0.0.1/",
      "http://167772161/",
      "http://012.0.0.1/",
      "http://[::ffff:10.0.0.1]/",
      "http://[fd00::1]/",
      "http://[64:ff9b::10.0.0.1]/",
      "http://169.254.169.254/latest/meta-data/",
      "http://router.local/",
      "http://１０.0.0.1/",
      "http://user:pw@127.0.0.1:9/good",
    ];
    const page = urls.map((url) => `<a href="${url}">x</a>`).join("");
    const { counts, why } = await crawl({
      "/bad": () => new Response(page, { headers: HTML }),
      "/also": () => new Response(null, { status: 302, headers: { Location: urls[0] ?? "" } }),
    });
    expect(counts?.known).toBe(3);
    expect(asked.every((url) => url.startsWith(HOST))).toBe(true);
    for (const url of urls) expect(await why(url)).toMatchObject({ isIn: false, rule: "address" });
  });
});
