import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findBarriers } from "../support/accessibility.ts";
import { launchBrowser } from "../support/browser.ts";
import { openPage } from "../support/open-page.ts";
import { overDemo } from "./over-demo.ts";

const { workerUrl, setFault } = overDemo({ latencyMs: 20 });
let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => await browser.close());

/** Opens the page, and collects what it complains of. */
async function open(hash: string, options: Parameters<Browser["newPage"]>[0] = {}) {
  return await openPage(browser, `${workerUrl()}/${hash}`, options);
}

/** Runs what is filled in, and waits for its end. */
async function run(page: Page, end: string) {
  await page.getByRole("button", { name: "Run" }).click();
  await page.getByRole("status").getByText(end, { exact: true }).waitFor();
}

describe("the page, served by the Worker over real data", () => {
  it("shows a country with a bar a branch, then what is missing when an upstream goes down", async () => {
    const { page, complaints } = await open("#FRA");
    await page.getByRole("heading", { name: "France" }).waitFor();
    expect(await page.locator(".bars .bar").count()).toBe(4);
    expect(await page.getByText("one after the other it would have taken").count()).toBe(1);
    expect(await findBarriers(page)).toEqual([]);

    await setFault({ route: "airports", status: 503 });
    await page.getByRole("button", { name: "Ask again" }).click();
    await page.getByText("status=503").first().waitFor();
    expect(await page.getByText("upstream answered 503").count()).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.each([
    ["on a desk, in the dark", { viewport: { width: 1280, height: 900 }, colorScheme: "dark" }],
    ["on a phone", { viewport: { width: 360, height: 740 }, colorScheme: "light" }],
  ] as const)("leads from an endpoint to its plan and a run with its retries, %s", async (_, options) => {
    const { page, complaints } = await open("#/", options);
    await page.getByLabel("Endpoint").selectOption("GET /api/countries/:code/profile");
    await page.getByRole("img", { name: /Critical path: facts, then neighbours/ }).waitFor();
    expect(await page.locator(".graph .node").count()).toBe(5);
    expect(await page.locator(".node.critical .title").allTextContents()).toEqual(["facts", "neighbours"]);
    expect(await page.locator(".heading").last().textContent()).toContain("over lanes");

    await setFault({ route: "stats", status: 503 });
    await page.getByLabel("code").fill("ISL");
    await run(page, "200 incomplete");
    const stats = page.locator(".rows li", { hasText: "stats" });
    expect(await stats.innerText()).toContain("4 calls: 2 retries, 1 stand-in");
    expect(await stats.innerText()).toContain("upstream answered 503");
    expect(await stats.locator(".mark.fallback").count()).toBe(1);
    expect(await stats.locator(".call.hollow").count()).toBe(4);
    expect(await page.locator(".node.bad .title").allTextContents()).toEqual(["stats"]);
    expect(await page.getByText("one after the other it would have taken").count()).toBe(1);
    await page.getByText(/All \d+ calls/).click();
    expect(await page.getByRole("row", { name: /stats retry sturdy-atlas status=503/ }).count()).toBe(2);
    expect(await findBarriers(page)).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(options.viewport.width);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("says at the branch what went wrong, under the id that is in the answer", async () => {
    const { page, complaints } = await open("#/api/countries/XXX/profile");
    await run(page, "404");
    await page.getByRole("heading", { name: "There is nothing here" }).waitFor();
    const id = await page.locator(".request-id code").innerText();
    expect(await page.locator(".trouble").innerText()).toBe(
      `Branch facts answered with status 404 · request ${id}`,
    );
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("is used by keyboard alone", async () => {
    const { page, complaints } = await open("#/api/compare?codes=FRA,DEU");
    await page.getByLabel("Query").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText("200", { exact: true }).waitFor();
    const reached: string[] = [];
    for (let stops = 0; stops < 12 && !reached.includes("Calls"); stops += 1) {
      await page.keyboard.press("Tab");
      const [label = "", tag = ""] = await page.evaluate<string[]>(
        "[document.activeElement.ariaLabel ?? document.activeElement.textContent, document.activeElement.tagName]",
      );
      reached.push(label);
      if (tag === "SUMMARY") await page.keyboard.press("Enter");
    }
    expect(reached).toEqual(["Run", "Graph of the plan", "The plan in words", "All 3 calls", "Calls"]);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
