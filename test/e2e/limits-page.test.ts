import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findBarriers } from "../support/accessibility.ts";
import { launchBrowser } from "../support/browser.ts";
import { secretOf, tokenOf } from "../support/tokens.ts";
import { type RunningWorker, startWorker } from "../support/worker.ts";

let browser: Browser;
let worker: RunningWorker;
beforeAll(async () => {
  worker = await startWorker({ AUTH: "open", ALLOW_LOOPBACK: "1" });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await worker[Symbol.asyncDispose]();
});

/** Opens the page at the bucket of a key of its own. */
async function open(key: string, options: Parameters<Browser["newPage"]>[0] = {}) {
  const page = await browser.newPage(options);
  await page.goto(`${worker.url}/#limits/demo`);
  await page.getByLabel("Key, for whom it counts").fill(key);
  await page.getByRole("img", { name: "5 of 5 tokens, 0 waiting" }).waitFor();
  return page;
}

describe("the page of limits, over the Worker", () => {
  it.each([
    ["on a desk", { viewport: { width: 1280, height: 900 } }],
    ["on a phone, without motion", { viewport: { width: 360, height: 740 }, reducedMotion: "reduce" }],
  ] as const)(
    "fires twenty calls of which five go at once, and one each 0.2 s, %s",
    async (name, options) => {
      const page = await open(name, options);
      await page.getByRole("button", { name: "Fire" }).click();
      await page.getByRole("img", { name: /[1-9]\d* waiting/ }).waitFor();
      await page.getByText(/^\d+ at once, \d+ waited; the last after/).waitFor();
      const fates = await page.locator(".volley .fate").allInnerTexts();
      const seconds = fates.map((fate) => Number.parseFloat(fate));
      expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
      // None goes before its time; how much later the page hears of it is for the machine to say.
      const due = Array.from({ length: 20 }, (_, index) => Math.max(0, index - 4) * 0.2);
      expect(seconds.map((second, index) => second >= (due[index] ?? 0) - 0.05)).toEqual(due.map(() => true));
      expect(fates.filter((fate) => !/\ss (at once|waited)\s*$/.test(fate))).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(options.viewport.width);
      expect(await findBarriers(page)).toEqual([]);
      await page.getByRole("img", { name: "5 of 5 tokens, 0 waiting" }).waitFor();
      await page.close();
    },
  );

  it("is refused where it does not wait, with when to come back", async () => {
    const page = await open("tries");
    await page.getByLabel("be refused").check();
    await page.getByLabel("Calls at once").fill("100");
    await page.getByRole("button", { name: "Fire" }).click();
    await page.getByText(/; the last after/).waitFor();
    expect(await page.locator(".fate", { hasText: "refused Retry-After: 1" }).count()).toBeGreaterThan(0);
    await page.close();
  });

  it("leaves what has not been answered when it is stopped, and takes no more tokens", async () => {
    const page = await open("stops");
    await page.getByLabel("Calls at once").fill("100");
    await page.getByRole("button", { name: "Fire" }).click();
    await page.getByRole("img", { name: /[1-9]\d* waiting/ }).waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    const tally = await page.getByText(/ left; the last after/).innerText();
    expect(Number(/(\d+) left/.exec(tally)?.[1])).toBeGreaterThan(50);
    await page.getByRole("img", { name: "5 of 5 tokens, 0 waiting" }).waitFor();
    await page.close();
  });

  it("asks for a token, and fires with it", async () => {
    await using shut = await startWorker({
      ALLOW_LOOPBACK: "1",
      API_TOKENS: await secretOf({ none: ["chat"], mine: ["limits"] }),
    });
    const page = await browser.newPage();
    await page.goto(`${shut.url}/#limits`);
    for (const seed of [0, 1]) {
      await page.getByLabel("Token", { exact: true }).fill(tokenOf(seed));
      await page.getByRole("button", { name: "Use it" }).click();
      if (seed === 0) await page.getByText(/scope/).waitFor();
    }
    await page.getByRole("img", { name: "5 of 5 tokens" }).waitFor();
    await page.getByLabel("Calls at once").fill("3");
    await page.getByRole("button", { name: "Fire" }).click();
    await page.getByText(/^3 at once/).waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
    await page.close();
  });
});
