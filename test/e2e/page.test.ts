import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import { overDemo } from "./over-demo.ts";

const { workerUrl, setFault } = overDemo({ latencyMs: 20 });
let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => await browser.close());

describe("the page, served by the Worker over real data", () => {
  it("shows a country with a bar a branch, then what is missing when an upstream goes down", async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(`${workerUrl()}/#FRA`);
    await page.getByRole("heading", { name: "France" }).waitFor();
    expect(await page.locator(".drawing .bar").count()).toBe(4);
    expect(await page.getByText("one after the other it would have taken").count()).toBe(1);

    await setFault({ route: "airports", status: 503 });
    await page.getByRole("button", { name: "Ask again" }).click();
    await page.getByText("status=503").first().waitFor();
    expect(await page.getByText("upstream answered 503").count()).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
