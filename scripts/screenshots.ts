import { mkdir, readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { type Product, startProduct } from "../test/e2e/product.ts";
import { launchBrowser } from "../test/support/browser.ts";

/** Where the pictures of the README are. */
const DIRECTORY = "docs/images";

const SCHEMES = ["light", "dark"] as const;
const WIDE = { width: 1280, height: 860 };

/** `npm run screenshots`: takes the pictures of the README from the running product. */
async function main(): Promise<void> {
  await mkdir(DIRECTORY, { recursive: true });
  await using product = await startProduct({ DEMO_LATENCY_MS: "100" });
  const browser = await launchBrowser();
  try {
    // The slow one makes the bars tell more; the failing one is tried again.
    await setFault(product, { route: "cities", latencyMs: 160 });
    await setFault(product, { route: "stats", status: 503 });
    for (const colorScheme of SCHEMES) {
      await shoot(browser, `endpoint-${colorScheme}`, { viewport: WIDE, colorScheme }, async (page) => {
        await page.goto(`${product.url}/#/api/countries/DEU/profile`);
        await run(page);
      });
    }
    await setFault(product, { route: "stats" });
    const viewport = { width: 1280, height: 800 };
    for (const colorScheme of SCHEMES) {
      await shoot(browser, `console-${colorScheme}`, { viewport, colorScheme }, async (page) => {
        await page.goto(`${product.url}/#FRA`);
        await page.locator(".bars .bar").first().waitFor();
      });
    }
    await shootFanout(browser, product);
    await shootCrawl(browser, product);
    await shootLimits(browser, product);
    await shootFiles(browser, product);
  } finally {
    await browser.close();
  }
}

/** Six requests, one of them slow and one that fails. */
async function shootFanout(browser: Browser, product: Product): Promise<void> {
  await setFault(product, { route: "cities", latencyMs: 160 });
  await setFault(product, { route: "stats", status: 503 });
  const paths = ["FRA", "DEU", "ISL", "JPN"].map((code) => `/countries/${code}`);
  const urls = [...paths, `${paths[0]}/cities`, `${paths[1]}/stats`].map(
    (path) => `${product.demoUrl}${path}`,
  );
  for (const colorScheme of ["light", "dark"] as const) {
    const viewport = { width: 1280, height: 700 };
    await shoot(browser, `fanout-${colorScheme}`, { viewport, colorScheme }, async (page) => {
      await page.goto(`${product.url}/#fanout`);
      await page.getByLabel("URLs, one a line").fill(urls.join("\n"));
      await page.keyboard.press("Control+Home");
      await run(page);
    });
  }
  await setFault(product, { route: "stats" });
}

/** The demo's own site, fetched to its end. */
async function shootCrawl(browser: Browser, { url, demoUrl }: Product): Promise<void> {
  const body = JSON.stringify({ startUrls: [`${demoUrl}/atlas/`], maxPages: 500 });
  const { headers } = await fetch(`${url}/v1/crawls`, { method: "POST", body });
  const id = headers.get("Location")?.slice("/v1/crawls/".length);
  const viewport = { width: 1280, height: 1500 };
  for (const colorScheme of ["light", "dark"] as const) {
    await shoot(browser, `crawl-${colorScheme}`, { viewport, colorScheme }, async (page) => {
      await page.goto(`${url}/#crawls/${id}`);
      await page.getByText("all-done").waitFor();
      await page.locator(".bars .call").first().waitFor();
      await page.locator(".dot").nth(250).waitFor();
      await page.getByRole("button", { name: "Show all links" }).click();
      await page.getByRole("button", { name: /countries\/IMN,/ }).hover();
      await page.getByText("links to").waitFor();
      await page.mouse.move(0, 0);
    });
  }
}

async function setFault({ demoUrl }: Product, fault: object): Promise<void> {
  await fetch(`${demoUrl}/_control`, { method: "POST", body: JSON.stringify(fault) });
}

/** Twenty calls, of which some wait. */
async function shootLimits(browser: Browser, { url }: Product): Promise<void> {
  for (const colorScheme of SCHEMES) {
    const viewport = { width: 1280, height: 970 };
    await shoot(browser, `limits-${colorScheme}`, { viewport, colorScheme }, async (page) => {
      await page.goto(`${url}/#limits`);
      await page.getByRole("img", { name: "5 of 5 tokens" }).waitFor();
      await page.getByRole("button", { name: "Fire" }).click();
      // Half of them wait by then.
      await page.waitForTimeout(1_500);
    });
  }
}

/** A file, and others beside it. */
async function shootFiles(browser: Browser, product: Product): Promise<void> {
  await fillShelf(product);
  for (const colorScheme of SCHEMES) {
    await shoot(browser, `files-${colorScheme}`, { viewport: WIDE, colorScheme }, async (page) => {
      await page.goto(`${product.url}/#files/${PICTURE}`);
      await page.locator(".preview").waitFor();
      await page.locator(".download-list").waitFor();
    });
  }
}

/** The file that is open in the picture of files. */
const PICTURE = "reports/2026/plan.png";

/** Stores some files, and has others downloaded. */
async function fillShelf({ url, demoUrl }: Product): Promise<void> {
  const put = async (key: string, body: Buffer, type: string) => {
    await fetch(`${url}/v1/files/${key}`, { method: "PUT", body, headers: { "Content-Type": type } });
  };
  await put(PICTURE, await readFile(`${DIRECTORY}/endpoint-light.png`), "image/png");
  await put("reports/2026/readme.md", await readFile("README.md"), "text/markdown");
  for (const code of ["FRA", "DEU"]) {
    const payload = { url: `${demoUrl}/countries/${code}`, key: `atlas/${code.toLowerCase()}.json` };
    await fetch(`${url}/v1/tasks`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Prefer: "wait=30" },
      body: JSON.stringify({ type: "download", payload }),
    });
  }
}

async function run(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Run" }).click();
  await page.getByText("one after the other").waitFor();
  // A pointer that stays would be part of the picture.
  await page.mouse.move(0, 0);
}

async function shoot(
  browser: Browser,
  name: string,
  options: Parameters<Browser["newPage"]>[0],
  prepare: (page: Page) => Promise<void>,
): Promise<void> {
  // Bars that still grow would be drawn too short.
  const page = await browser.newPage({ ...options, reducedMotion: "reduce" });
  await prepare(page);
  await page.screenshot({ path: `${DIRECTORY}/${name}.png` });
  await page.close();
}

await main();
