import { readFile } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import type { Crawl, CrawlPage, Hosts } from "../../console/crawls/answers.ts";
import {
  areHostsDue,
  beginSurvey,
  lacksFirst,
  ratesOf,
  withCrawl,
  withFirst,
  withPages,
} from "../../console/crawls/survey.ts";
import { createSurveyor } from "../../console/crawls/surveyor.ts";
import { refusal, type Refusal, type Unreachable } from "../../console/exchange.ts";
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
    rate: 12.5,
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
  startedAt: `2026-01-01T12:00:0${seq % 10}.000Z`,
  ...(seq > 1 && { parent: "https://site.example/1" }),
});
const HOSTS: Hosts = {
  items: [
    {
      host: "site.example",
      known: 900,
      waiting: 854,
      pages: 40,
      redirects: 1,
      sitemaps: 0,
      failed: 2,
      keptOut: 3,
      robots: "has-rules",
      crawlDelayMs: 3_000,
      pauseMs: 3_000,
      lastError: "timeout",
      lastErrorAt: "2026-01-01T12:00:00.000Z",
    },
    { host: "b.example", known: 1, waiting: 1, pages: 0, redirects: 0, sitemaps: 0, failed: 0, keptOut: 0 },
  ],
};

const { open, site } = pagesOver({
  "/v1/endpoints": json({ items: [], cursor: null }),
  [`/v1/crawls/${ID}`]: json(crawlOf(40)),
  [`/v1/crawls/${ID}/pages`]: (response) =>
    json({ items: response.req.url?.includes("cursor=2") === true ? [] : [pageOf(1), pageOf(2)] })(response),
  [`/v1/crawls/${ID}/hosts`]: json(HOSTS),
});

describe("the page of a crawl", () => {
  it("shows how it stands, and the pages as they come", async () => {
    const page = await open(`#crawls/${ID}`);
    await page.getByRole("article").waitFor();
    await page.getByRole("cell", { name: "https://site.example/2" }).waitFor();
    expect(await words(page, "article")).toContain("40 of 500 pages at most");
    expect(await words(page, ".counts")).toContain("URLs known 900");
    expect(await words(page, "article")).toContain("depth 2 13 pages a second 5 kB");
    site().answer(`/v1/crawls/${ID}`, json(crawlOf(45, "all-done")));
    await page.getByText("all-done").waitFor();
    expect(await words(page, "article")).toContain("depth 2 13 pages a second in all 5 kB");
    expect(await page.locator(".rate-chart").count()).toBe(1);
    await page.reload();
    await page.getByText("all-done").waitFor();
    expect(await page.locator(".rate-chart").count()).toBe(0);
    expect(await page.getByRole("region", { name: "The latest pages" }).getByRole("row").count()).toBe(3);
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

  it.each([
    ["on a desk", 1280],
    ["on a phone", 360],
  ])("has no serious barrier and nothing that sticks out %s", async (_, width) => {
    const page = await open(`#crawls/${ID}`, { width, height: 800 });
    await page.getByText("The same as a table").click();
    await page.getByRole("cell", { name: "site.example", exact: true }).waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    expect(await findBarriers(page)).toEqual([]);
  });
});

describe("the graph of a crawl", () => {
  const why = `/v1/crawls/${ID}/why`;

  it("is walked by keys, and says why a page is there", async () => {
    const page = await open(`#crawls/${ID}`);
    site().answer(why, json({ url: "x", verdict: "fetched", parent: "https://site.example/1" }));
    const dot = (name: string) => page.getByRole("button", { name });
    await dot("https://site.example/1, status 200, depth 1").focus();
    await page.keyboard.press("ArrowDown");
    expect(await words(page, ".graph-facts")).toBe("404 depth 1 https://site.example/2");
    expect(await page.locator("line.trail").count()).toBe(1);
    expect(await page.evaluate("document.activeElement.ariaLabel")).toContain("https://site.example/2");
    await page.keyboard.press("Enter");
    await page.getByText("fetched (found on https://site.example/1)").waitFor();
    await page.keyboard.press("ArrowUp");
    await page.getByText("fetched (found on").waitFor({ state: "detached" });
    expect(await words(page, ".graph-facts")).toBe("200 depth 1 https://site.example/1");
    expect(await page.locator(".dot[tabindex='0']").count()).toBe(1);
  });

  it("says why a page is there that is clicked on, or why that is not known", async () => {
    const page = await open(`#crawls/${ID}`);
    site().answer(why, problem({ title: "No", status: 503, detail: "crawls are away" }));
    await page.getByRole("button", { name: "https://site.example/2, status 404" }).click();
    const panel = page.getByRole("region", { name: "How pages were found" });
    await panel.getByRole("alert").waitFor();
    expect(await panel.getByRole("alert").innerText()).toBe("crawls are away");
  });

  it("shows all links of a page to whoever asks for them", async () => {
    const page = await open(`#crawls/${ID}`);
    site().answer(`/v1/crawls/${ID}/links`, problem({ title: "No", status: 503, detail: "crawls are away" }));
    const button = page.getByRole("button", { name: "Show all links of a page" });
    await button.click();
    await page.getByRole("alert").getByText("crawls are away").waitFor();
    const [one, two] = ["https://site.example/1", "https://site.example/2"];
    const links = [
      { from: one, to: two },
      { from: one, to: "https://site.example/far" },
      { from: two, to: one },
    ];
    const text = links.map((link) => `${JSON.stringify(link)}\n`).join("");
    site().answer(`/v1/crawls/${ID}/links`, (response) => response.writeHead(200).end(text));
    await button.click();
    await page.getByText("links to 1 of these").waitFor();
    expect(await words(page, ".graph-facts")).toContain("links to 1 of these linked from 1");
    expect(await page.locator("line.out, line.in").count()).toBe(2);
    expect([await button.count(), await page.getByRole("alert").count()]).toEqual([0, 0]);
    expect(await findBarriers(page)).toEqual([]);
  });

  it("forgets what was asked of a crawl that was left", async () => {
    const page = await open(`#crawls/${ID}`);
    const asked = Promise.withResolvers<() => void>();
    site().answer(why, (response) => asked.resolve(() => json({ verdict: "fetched" })(response)));
    await page.getByRole("button", { name: "https://site.example/1, status 200" }).click();
    const answer = await asked.promise;
    await page.goto(new URL("#crawls", page.url()).href);
    await page.getByText("open one by its address").waitFor();
    answer();
    await page.goto(new URL(`#crawls/${ID}`, page.url()).href);
    await page.locator(".dot").first().waitFor();
    expect(await page.getByText("fetched").count()).toBe(0);
  });

  it("grows, and moves nothing that is there", async () => {
    const page = await open(`#crawls/${ID}`);
    const dot = page.locator(".dot circle");
    await dot.nth(1).waitFor();
    const places = async () =>
      await Promise.all(
        (await dot.all()).map(
          async (one) => `${await one.getAttribute("cx")} ${await one.getAttribute("cy")}`,
        ),
      );
    const before = await places();
    site().answer(`/v1/crawls/${ID}/pages`, json({ items: [3, 4, 5].map(pageOf) }));
    await dot.nth(4).waitFor();
    expect((await places()).slice(0, 2)).toEqual(before);
    expect(await words(page, "main")).toContain("The first 5 of 40 pages.");
  });
});

describe("what a crawl has found, as files", () => {
  const pages = `/v1/crawls/${ID}/pages`;

  it("is saved in the form that was asked for", async () => {
    const page = await open(`#crawls/${ID}`);
    const button = page.getByRole("button", { name: "Pages, CSV" });
    await button.waitFor();
    site().answer(pages, (response) => {
      const isAsked = response.req.headers.accept === "text/csv";
      if (isAsked) response.writeHead(200, { "Content-Type": "text/csv" }).end("seq,url\r\n");
      else json({ items: [] })(response);
    });
    const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
    expect(download.suggestedFilename()).toBe(`${ID}-pages.csv`);
    expect(await readFile(await download.path(), "utf8")).toBe("seq,url\r\n");
    expect(await button.isEnabled()).toBe(true);
  });

  it("is not saved where it is refused, or breaks off, and that is said", async () => {
    const page = await open(`#crawls/${ID}`);
    const panel = page.getByRole("region", { name: "Download what it has found" });
    const button = panel.getByRole("button", { name: "Links, NDJSON" });
    site().answer(`/v1/crawls/${ID}/links`, problem({ title: "No", status: 503, detail: "crawls are away" }));
    await button.click();
    await panel.getByText("crawls are away").waitFor();
    site().answer(`/v1/crawls/${ID}/links`, (response) => {
      response.writeHead(200, { "Content-Length": "9" }).write("{}");
      setTimeout(() => response.destroy(), 50);
    });
    await button.click();
    await panel.getByText("No answer came, or not all of it").waitFor();
    expect(await panel.getByRole("alert").count()).toBe(1);
  });

  it("is stopped by whoever does not want it any more", async () => {
    const left = Promise.withResolvers<void>();
    const page = await open(`#crawls/${ID}`);
    site().answer(`/v1/crawls/${ID}/links`, (response) => {
      response.on("close", left.resolve);
      response.writeHead(200).write("{}");
    });
    await page.getByRole("button", { name: "Links, NDJSON" }).click();
    await page.getByRole("button", { name: "Stop Links, NDJSON" }).click();
    await left.promise;
    await page.getByRole("button", { name: "Links, NDJSON", exact: true }).waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
  });
});

describe("what the page of a crawl shows of hosts", () => {
  it("is how far it is with each, how each is spared, and what went wrong", async () => {
    const page = await open(`#crawls/${ID}`);
    const rows = page.getByRole("region", { name: "Hosts" }).getByRole("row");
    await rows.nth(2).waitFor();
    const text = async (index: number) => (await rows.nth(index).innerText()).replaceAll(/\s+/g, " ");
    expect(await text(1)).toMatch(/^site.example 40 854 2 3 3 s \(it asks for 3 s\) has rules timeout at \d/);
    expect((await text(2)).trim()).toBe("b.example 0 1 0 0");
    expect(await words(page, ".chart")).toContain("site.example ok 2 calls");
  });

  it("is no longer than somebody reads", async () => {
    const items = Array.from({ length: 60 }, (_, index) => ({
      ...HOSTS.items[1],
      host: `h${index}.example`,
    }));
    site().answer(`/v1/crawls/${ID}/hosts`, json({ items }));
    const page = await open(`#crawls/${ID}`);
    await page.getByText("The 50 of which most URLs are known; there are more.").waitFor();
    expect(await page.getByRole("region", { name: "Hosts" }).getByRole("row").count()).toBe(1 + 50);
  });

  it("is missing where it cannot be had, and nothing else is", async () => {
    site().answer(`/v1/crawls/${ID}/hosts`, problem({ title: "Crawls are away", status: 503 }));
    const page = await open(`#crawls/${ID}`);
    const alert = page.getByRole("alert");
    await alert.getByText("Crawls are away").waitFor();
    site().answer(`/v1/crawls/${ID}`, json(crawlOf(45)));
    await page.getByText("45 of 500 pages at most").waitFor();
    site().answer(`/v1/crawls/${ID}/hosts`, json(HOSTS));
    await alert.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("cell", { name: "site.example", exact: true }).waitFor();
    expect(await alert.count()).toBe(0);
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
    [4, ["?cursor=0", "?cursor=2", "?cursor=2"]],
    [5_040, ["?cursor=4940", "?cursor=0", "?cursor=4942", "?cursor=2"]],
  ])("is the latest pages, and the first ones as far as they are lacking: of %i", async (pages, queries) => {
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
    await vi.waitFor(() => expect(surveyor.get().survey?.hosts).toBeDefined());
    const before = surveyor.get().survey?.hosts;
    surveyor.look();
    await vi.waitFor(() => expect(surveyor.get().survey?.hosts).not.toBe(before));
    vi.unstubAllGlobals();
    expect(asked).toEqual(queries);
    const { first = [], latest = [] } = surveyor.get().survey ?? {};
    expect(first.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(latest.map(({ seq }) => seq % 100)).toEqual(pages === 4 ? [4, 3, 2, 1] : [44, 43, 42, 41]);
  });
});

const away: Unreachable = { kind: "unreachable", target: "/v1", reason: "no network" };

function refusedWith(status: number): Refusal {
  const text = "";
  const exchange = { target: "/v1", status, text, body: undefined, requestId: undefined };
  return refusal({ ...exchange, serverTiming: undefined, incomplete: undefined, retryAfter: undefined });
}

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

  it("has the first pages without a gap, three hundred at most", () => {
    const from = (seq: number, count: number) =>
      Array.from({ length: count }, (_, index) => pageOf(seq + index));
    const begun = withCrawl(beginSurvey(ID), crawlOf(500), 0);
    const late = withPages(begun, from(401, 100), undefined);
    expect([late.first.length, lacksFirst(late)]).toEqual([0, true]);
    const more = withFirst(withFirst(late, from(1, 100)), from(51, 100));
    expect(more.first.map(({ seq }) => seq)).toEqual(from(1, 150).map(({ seq }) => seq));
    const all = withFirst(more, from(151, 200));
    expect([all.first.length, lacksFirst(all), withFirst(all, from(301, 9)).first.length]).toEqual([
      300,
      false,
      300,
    ]);
    expect(lacksFirst(withCrawl(beginSurvey(ID), crawlOf(0), 0))).toBe(false);
  });

  it.each([
    ["nothing is known yet", undefined, 0, true],
    ["they have just been counted", { crawl: crawlOf(39) }, 4_999, false],
    ["that was a while ago", { crawl: crawlOf(39) }, 5_000, true],
    ["nothing has changed", { crawl: crawlOf(40) }, 60_000, false],
    ["it took long", { crawl: crawlOf(39), tookMs: 1_000 }, 19_999, false],
    ["it took long, and that was long ago", { crawl: crawlOf(39), tookMs: 1_000 }, 20_000, true],
    ["it has ended", { crawl: crawlOf(40, "paused") }, 0, true],
    ["they could not be had just now", { answer: away }, 4_999, false],
    ["they could not be had", { answer: away }, 5_000, true],
    ["they were refused for good", { answer: refusedWith(403) }, 60_000, false],
    ["they were refused for now", { answer: refusedWith(503) }, 5_000, true],
  ])("has its hosts counted when that is worth it: %s", (_, counted, nowMs, isDue) => {
    const whole = { answer: HOSTS, crawl: crawlOf(40), atMs: 0, tookMs: 1, ...counted };
    const survey = withCrawl(beginSurvey(ID), crawlOf(40), 0);
    expect(areHostsDue({ ...survey, ...(counted && { hosts: whole }) }, nowMs)).toBe(isDue);
  });
});
