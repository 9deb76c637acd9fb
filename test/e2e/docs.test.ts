import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import { overDemo } from "./over-demo.ts";

const { workerUrl } = overDemo();
let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => await browser.close());

/** Opens a page, and notes what the browser complains of: what its policy refuses is among it. */
async function open(path: string, viewport = { width: 1200, height: 800 }) {
  const page = await browser.newPage({ viewport });
  const complaints: string[] = [];
  page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(`${workerUrl()}${path}`);
  return { page, complaints };
}

const widthOf = async (page: Page) => await page.evaluate("document.documentElement.scrollWidth");

describe("/docs, served by the Worker", () => {
  it("shows every operation of the document, with what it needs, takes and answers", async () => {
    const document = (await (await fetch(`${workerUrl()}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    const ids = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    const { page, complaints } = await open("/docs");
    await page.getByRole("heading", { name: "Manifold" }).waitFor();
    const shown = await page
      .locator("article.operation")
      .evaluateAll((cards) => cards.map((card) => card.id));
    expect(new Set(shown)).toEqual(new Set(ids));

    const fanout = page.locator("#postV1Fanout");
    expect(await fanout.getByRole("heading", { name: "POST /v1/fanout" }).count()).toBe(1);
    const text = await fanout.innerText();
    expect(text).toContain("needs fanout");
    expect(text).toContain('mode?: "all" | "settled" | "first" // "settled" when left out');
    expect(text).toContain("insufficient-scope");
    expect(await page.locator("#getApiCountries").innerText()).toContain("for everyone");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("goes to the operation that its address names, and fits on a phone", async () => {
    const { page, complaints } = await open("/docs#postV1Fanout", { width: 390, height: 800 });
    await page.locator("#postV1Fanout").waitFor();
    await page.waitForFunction("scrollY > 0");
    expect(await widthOf(page)).toBe(390);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("says so when there is no document", async () => {
    const page = await browser.newPage();
    await page.route("**/openapi.json", async (route) => await route.fulfill({ status: 503 }));
    await page.goto(`${workerUrl()}/docs`);
    expect(await page.getByRole("alert").innerText()).toBe("It answered 503");
    await page.close();
  });
});
