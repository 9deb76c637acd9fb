import { setImmediate } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { beginSurvey, ratesOf, withCrawl, withPages } from "../../console/crawls/survey.ts";
import { createSurveyor } from "../../console/crawls/surveyor.ts";
import type { Crawl, CrawlPage } from "../../console/crawls/answers.ts";
import { findBarriers } from "../support/accessibility.ts";
import { pagesOver, words } from "./pages.ts";
import { json, problem } from "./site.ts";

const ID = "crawl_01M8KGXDWRQ8ZJNMR7YAEG3AN3";
const crawlOf = (pages: number, state: Crawl["state"] = "running") =>
  ({
    id: ID,
    state,
    startUrls: ["https://site.example/"],
    maxPages: 500,
    depth: 2,
    counts: {
      pages,
      redirects: 1,
      failed: 2,
      keptOut: 3,
      retries: 0,
      robots: 1,
      known: 900,
      links: 9,
      bytes: 5_000,
    },
    startedAt: "2026-01-01T12:00:00.000Z",
  }) as Crawl;
const pageOf = (seq: number): CrawlPage => ({
  seq,
  url: `https://site.example/${seq}`,
  status: seq === 2 ? 404 : 200,
  depth: 1,
  type: "text/html",
  bytes: 1_200,
  ms: 12,
  title: "<i>x</i>",
  links: 4,
  at: "2026-01-01T12:00:00.000Z",
});

const { open, site } = pagesOver({
  "/v1/endpoints": json({ items: [], cursor: null }),
  [`/v1/crawls/${ID}`]: json(crawlOf(40)),
  [`/v1/crawls/${ID}/pages`]: (response) =>
    json({ items: response.req.url?.includes("cursor=2") === true ? [] : [pageOf(1), pageOf(2)] })(response),
});

describe("the page of a crawl", () => {
  it("shows how it stands, and the pages as they come", async () => {
    const page = await open(`#crawls/${ID}`);
    await page.getByRole("article").waitFor();
    await page.getByRole("cell", { name: "https://site.example/2" }).waitFor();
    expect(await words(page, "article")).toContain("40 of 500 pages at most");
    expect(await words(page, ".counts")).toContain("URLs known 900");
    site().answer(`/v1/crawls/${ID}`, json(crawlOf(45, "all-done")));
    await page.getByText("all-done").waitFor();
    expect(await page.getByRole("row").count()).toBe(3);
    expect(await page.getByRole("button", { name: "Stop" }).count()).toBe(0);
    expect(await findBarriers(page)).toEqual([]);
  });

  it("starts one and opens it, or says why not", async () => {
    const page = await open("#crawls");
    await page.getByLabel("Start URL").fill("https://site.example/");
    site().answer("/v1/crawls", problem({ title: "No", status: 400, detail: "the address is private" }));
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByText("the address is private").waitFor();
    site().answer("/v1/crawls", json({ id: ID }, {}, 202));
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByRole("article").waitFor();
    expect(new URL(page.url()).hash).toBe(`#crawls/${ID}`);
  });

  it("pauses it, and says why a URL is not in it", async () => {
    const page = await open(`#crawls/${ID}`);
    site().answer(`/v1/crawls/${ID}/pause`, (response) => {
      site().answer(`/v1/crawls/${ID}`, json(crawlOf(40, "paused")));
      json({})(response);
    });
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: "Resume" }).waitFor();
    site().answer(`/v1/crawls/${ID}/why`, json({ url: "x", verdict: "kept-out", rule: "robots" }));
    await page.getByLabel("URL", { exact: true }).fill("https://site.example/private");
    await page.getByRole("button", { name: "Ask" }).click();
    await page.getByText("kept-out · robots").waitFor();
    expect(await page.getByRole("article").getByRole("status").textContent()).toBe("paused");
  });

  it("keeps what it has seen while the crawl cannot be looked at", async () => {
    const page = await open(`#crawls/${ID}`);
    await page.getByRole("article").waitFor();
    site().answer(`/v1/crawls/${ID}`, problem({ title: "Crawls are away", status: 503 }));
    await page.getByText("Crawls are away").waitFor();
    expect(await words(page, "main")).toContain("40 of 500 pages at most");
    site().reset();
    await page.getByText("Crawls are away").waitFor({ state: "detached" });
  });

  it("tries again to open one, with a token if one is needed", async () => {
    site().answer(`/v1/crawls/${ID}`, problem({ title: "No", status: 401 }));
    const page = await open(`#crawls/${ID}`);
    await page.getByLabel("Token").fill("mf_token");
    site().answer(`/v1/crawls/${ID}`, json(crawlOf(40)));
    await page.getByRole("button", { name: "Use it" }).click();
    await page.getByText("40 of 500 pages at most").waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
  });

  it("fits a phone", async () => {
    const page = await open(`#crawls/${ID}`, { width: 390, height: 800 });
    await page.getByRole("article").waitFor();
    const overhang = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
    expect(overhang).toBeLessThanOrEqual(0);
  });
});

describe("createSurveyor", () => {
  it("asks of one crawl at a time, and no more of one that was left", async () => {
    const asked: string[] = [];
    vi.stubGlobal("sessionStorage", { getItem: () => null });
    vi.stubGlobal("fetch", async (target: string, { signal }: { readonly signal: AbortSignal }) => {
      asked.push(target);
      // Never an answer.
      return await new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      });
    });
    let tick = () => {};
    const surveyor = createSurveyor({ every: (listener) => ((tick = listener), () => {}), nowMs: () => 0 });
    surveyor.open("crawl_a");
    surveyor.open("crawl_b");
    // What was left has ended by then.
    await setImmediate();
    tick();
    await setImmediate();
    vi.unstubAllGlobals();
    expect(asked).toEqual(["/v1/crawls/crawl_a", "/v1/crawls/crawl_b"]);
  });
});

describe("createSurveyor where a crawl is not there", () => {
  it("does not ask again by itself, and does when it is told to", async () => {
    let asked = 0;
    vi.stubGlobal("sessionStorage", { getItem: () => null });
    vi.stubGlobal("fetch", async () => {
      asked += 1;
      return await Promise.resolve(Response.json({ title: "There is nothing here" }, { status: 404 }));
    });
    let tick = () => {};
    const surveyor = createSurveyor({ every: (listener) => ((tick = listener), () => {}), nowMs: () => 0 });
    surveyor.open("crawl_a");
    await vi.waitFor(() => expect(surveyor.get().failure).toBeDefined());
    tick();
    await setImmediate();
    expect(asked).toBe(1);
    surveyor.look();
    await setImmediate();
    vi.unstubAllGlobals();
    expect(asked).toBe(2);
  });
});

describe("what a surveyor asks for", () => {
  it.each([
    [40, ["?cursor=0", "?cursor=2"]],
    [5_040, ["?cursor=4940", "?cursor=4942"]],
  ])("is the latest pages, however many there were before: of %i", async (pages, queries) => {
    const asked: string[] = [];
    vi.stubGlobal("sessionStorage", { getItem: () => null });
    vi.stubGlobal("fetch", async (target: string) => {
      const { search, searchParams } = new URL(target, "http://a.example");
      if (target.includes("/pages")) asked.push(search);
      const from = Number(searchParams.get("cursor"));
      const body = target.includes("/pages")
        ? { items: [pageOf(from + 1), pageOf(from + 2)] }
        : crawlOf(pages);
      return await Promise.resolve(Response.json(body));
    });
    const surveyor = createSurveyor({ every: () => () => {}, nowMs: () => 0 });
    surveyor.open(ID);
    await vi.waitFor(() => expect(surveyor.get().survey?.latest).toHaveLength(2));
    surveyor.look();
    await vi.waitFor(() => expect(surveyor.get().survey?.latest).toHaveLength(4));
    vi.unstubAllGlobals();
    expect(asked).toEqual(queries);
  });
});

describe("a survey", () => {
  it("has the latest pages first, a hundred at most, and knows where it was", () => {
    const first = withPages(beginSurvey(ID), [pageOf(1), pageOf(2)], "2");
    const survey = withPages(
      first,
      Array.from({ length: 120 }, (_, index) => pageOf(index + 3)),
      undefined,
    );
    expect(first.latest.map(({ seq }) => seq)).toEqual([2, 1]);
    expect(survey.latest).toHaveLength(100);
    expect(survey.latest[0]?.seq).toBe(122);
    expect(survey.cursor).toBe("2");
  });

  it("knows how fast a crawl went between two looks", () => {
    const survey = [
      [1_000, 0],
      [2_000, 30],
      [4_000, 40],
    ].reduce((all, [atMs = 0, pages = 0]) => withCrawl(all, crawlOf(pages), atMs), beginSurvey(ID));
    expect(ratesOf(survey.moments)).toEqual([30, 5]);
  });
});
