import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startDemo } from "../../demo/server.ts";
import { decodePage } from "../../src/crawl/charset.ts";
import { readPage } from "../../src/crawl/links.ts";
import { launchBrowser } from "../support/browser.ts";
import { browserLinks } from "../support/browser-links.ts";

const PAGES = 30;

let browser: Browser;
let page: Page;
beforeAll(async () => {
  browser = await launchBrowser();
  // Without scripts the page is what was sent, which is what a crawler sees.
  page = await browser.newPage({ javaScriptEnabled: false });
});
afterAll(async () => await browser.close());

function ourLinks(bytes: Uint8Array, type: string, url: string): readonly string[] {
  const { text, encoding } = decodePage(bytes, type);
  const { links } = readPage(text, { url, encoding, agent: "manifoldbot", maxLinks: 10_000 });
  return links.filter(({ kind }) => kind === "a" || kind === "area").map((link) => link.url);
}

/**
 * Looks at a page with a browser, and with what the crawler reads pages by.
 *
 * @param sent Its bytes, where they are not UTF-8: the browser hands them on as UTF-8.
 */
async function bothLinks(url: string, sent?: Uint8Array) {
  const response = await page.goto(url, { waitUntil: "domcontentloaded" });
  const bytes = sent ?? (await response?.body()) ?? new Uint8Array();
  return {
    browser: await browserLinks(page),
    ours: ourLinks(bytes, response?.headers()["content-type"] ?? "", page.url()),
  };
}

describe("readPage beside a browser", () => {
  it("finds the same links on pages of the demo's site", async () => {
    await using demo = await startDemo();
    const start = `${demo.url}/atlas/`;
    const known = new Set([start]);
    let links = 0;
    for (let index = 0; index < PAGES; index += 1) {
      // Further in each time, so that all kinds of pages are among them.
      const url = [...known][Math.floor((index * known.size) / PAGES)] ?? start;
      const found = await bothLinks(url);
      expect(found.ours).toEqual(found.browser);
      links += found.ours.length;
      for (const link of found.ours) if (link.startsWith(start)) known.add(link);
    }
    expect(links).toBeGreaterThan(PAGES);
  });

  it.each([
    [
      "windows-1251",
      "<a href='?%c3&#1078; \xe6\"#\xe6'><a href='\xe6?\xe6&#12486;'><a href='//b.example/?\xe6'>",
    ],
    ["shift_jis", "<a href='?\x83\x65&q=\x83\x65'>"],
    ["euc-kr", "<a href='?\xc7\xd1&#233;'>"],
    ["gb18030", "<a href='?\x94\x39\xda\x33'>"],
    ["utf-16le", "<\0a\0 \0h\0r\0e\0f\0=\0?\0\xe9\0>\0"],
  ])("finds the same links in a page in %s", async (charset, bytes) => {
    const contentType = `text/html; charset=${charset}`;
    const body = Buffer.from(bytes, "latin1");
    await page.route("**/*", async (route) => await route.fulfill({ contentType, body }));
    const found = await bothLinks("https://a.example/dir/page?q", body);
    await page.unroute("**/*");
    expect(found.ours).toEqual(found.browser);
    expect(found.ours.length).toBeGreaterThan(0);
  });

  it.each([
    "<a href=b><a href=/c><a href='?d&amp;e&copy=f&copy;g'>x",
    "<base href='/x/'><a href=b><base href='/y/'><a href=c>",
    "<a href=b><base href='//b.example/z'>",
    "<base href='data:,'><a href=b>",
    "<a href='http://['>x</a><a href='mailto:a@b'>y</a><a href=' \n b\tc '>z</a>",
    "<script>'<a href=no>'</script><style><a href=no></style><textarea><a href=no></textarea><!-- <a href=no> -->",
    "<title><a href=no></title><xmp><a href=no></xmp><iframe><a href=no></iframe><noembed><a href=no></noembed>",
    "<table><a href=b><tr><a href=c><td><a href=d></table>",
    "<A HREF='HTTP://B.EXAMPLE:80/%7e'>x</A><a href=\"é?é#é\">y</a>",
    "<a href=b href=c><a 'href=d'><a/href=e><a href = f >",
    "<map><area href=b shape=rect></map><svg><a href=svg>x</a></svg><a name=none>",
    "<p><a href=b<b>c</a>",
    "<a href='&#x62;&#0;&#x80;&notin;&notit;'>x",
  ])("finds the same links in %s", async (html) => {
    const url = "https://a.example/dir/page?q";
    const type = "text/html; charset=utf-8";
    await page.route("**/*", async (route) => await route.fulfill({ contentType: type, body: html }));
    const found = await bothLinks(url);
    await page.unroute("**/*");
    expect(found.ours).toEqual(found.browser);
  });
});
