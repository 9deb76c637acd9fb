import type { Page } from "playwright-core";

/** What a browser says that the page it shows links to: each URL once, without fragments, in order. */
export async function browserLinks(page: Page): Promise<readonly string[]> {
  const hrefs = await page.evaluate<readonly string[]>(
    // The link of an SVG has an object for its URL.
    "Array.from(document.querySelectorAll('a[href], area[href]'), ({ href }) => href.baseVal === undefined ? href : new URL(href.baseVal, document.baseURI).href)",
  );
  const urls = hrefs
    .flatMap((href) => URL.parse(href) ?? [])
    .filter(({ protocol }) => /^https?:$/.test(protocol));
  for (const url of urls) url.hash = "";
  return [...new Set(urls.map(({ href }) => href))];
}
