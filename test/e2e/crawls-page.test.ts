import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findBarriers } from "../support/accessibility.ts";
import { launchBrowser } from "../support/browser.ts";
import { openPage } from "../support/open-page.ts";
import { overDemo } from "./over-demo.ts";

const { workerUrl, demoUrl } = overDemo({ latencyMs: 20 });
let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => await browser.close());

/** Opens the page, and collects what it complains of. */
async function open(hash: string, options: Parameters<Browser["newPage"]>[0] = {}) {
  return await openPage(browser, `${workerUrl()}/${hash}`, options);
}

describe("the page of a crawl, served by the Worker over a real crawl", () => {
  it.each([
    ["on a desk, in the dark", { viewport: { width: 1280, height: 900 }, colorScheme: "dark" }],
    ["on a phone", { viewport: { width: 360, height: 740 }, colorScheme: "light" }],
  ] as const)(
    "shows how pages are found, when they are fetched, and of which hosts, %s",
    async (_, options) => {
      const { page, complaints } = await open("#crawls", options);
      await page.getByLabel("Start URL").fill(`${demoUrl()}/atlas/`);
      await page.getByRole("button", { name: "Start" }).click();
      await page.getByRole("status").getByText("all-done").waitFor();

      // The demo's site has a page for each country, and a few that list them.
      await page.locator(".dot").nth(250).waitFor();
      await page.locator(".dot[tabindex='0']").focus();
      await page.keyboard.press("End");
      await page.keyboard.press("Enter");
      await page.getByText(/^fetched \(found on .*\/atlas\/regions\//).waitFor();
      expect(await page.locator("line.trail").count()).toBeGreaterThanOrEqual(2);

      await page.getByRole("button", { name: "Show all links of a page" }).click();
      await page.getByText(/^linked from [1-9]/).waitFor();
      const host = new URL(demoUrl()).host;
      const row = page.getByRole("region", { name: "Hosts" }).getByRole("row", { name: host });
      await row.getByText("has rules").waitFor();
      const calls = await page.locator(".bars .call").count();
      expect(calls).toBe(100);
      // Some began while others were under way.
      expect(await page.locator(".bars").first().getAttribute("height")).not.toBe("10");

      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Pages, CSV" }).click(),
      ]);
      const lines = (await readFile(await download.path(), "utf8")).trimEnd().split("\r\n");
      expect(lines.length - 1).toBe(await page.locator(".dot").count());
      expect(await findBarriers(page)).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(options.viewport.width);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );
});

describe("the page of a fan-out, served by the Worker", () => {
  it("draws requests that ran at once, and says which failed", async () => {
    const { page, complaints } = await open("#fanout");
    const paths = ["/countries/FRA", "/delay/150", "/status/503"];
    await page.getByLabel("URLs, one a line").fill(paths.map((path) => `${demoUrl()}${path}`).join("\n"));
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByText("one after the other it would have taken").waitFor();
    expect(await page.locator(".bars .bar.good").count()).toBe(2);
    expect(await page.getByText("upstream answered 503").count()).toBe(1);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
