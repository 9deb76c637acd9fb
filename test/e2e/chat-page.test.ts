import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findBarriers } from "../support/accessibility.ts";
import { launchBrowser } from "../support/browser.ts";
import { type RunningWorker, startWorker } from "../support/worker.ts";

let browser: Browser;
let worker: RunningWorker;
beforeAll(async () => {
  worker = await startWorker({ AUTH: "open", ALLOW_LOOPBACK: "1", TICKET_SECRET: "t".repeat(43) });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await worker[Symbol.asyncDispose]();
});

/** Somebody with a browser of their own, who enters a room. */
async function enter(name: string, room = "lobby"): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1000, height: 700 } });
  const page = await context.newPage();
  await page.goto(`${worker.url}/#chat/${room}`);
  await page.getByLabel("Your name").fill(name);
  await page.keyboard.press("Enter");
  await page.getByText("connected", { exact: true }).waitFor();
  return page;
}

const say = async (page: Page, text: string) => {
  await page.getByLabel(/^Say something/).fill(text);
  await page.keyboard.press("Enter");
};

const linesOf = async (page: Page) =>
  (await page.locator(".line .text").allInnerTexts()).map((text) => text.trim());

describe("a room on the page", () => {
  it("lets two people talk, who see each other and the same lines in the same order", async () => {
    const ada = await enter("Ada");
    const bob = await enter("Bob");
    await ada.getByText("2 are here").waitFor();
    for (let turn = 0; turn < 3; turn += 1) {
      await say(ada, `ada ${turn}`);
      await say(bob, `bob ${turn}`);
    }
    await ada.locator(".line:not(.unsent)").nth(5).waitFor();
    await bob.locator(".line:not(.unsent)").nth(5).waitFor();
    expect((await linesOf(ada)).toSorted()).toEqual(["ada 0", "ada 1", "ada 2", "bob 0", "bob 1", "bob 2"]);
    expect(await linesOf(bob)).toEqual(await linesOf(ada));
    expect(await findBarriers(ada)).toEqual([]);
  });

  it("shows what was said before to who comes later, and foreign text as text", async () => {
    const first = await enter("First", "later");
    await say(first, "<b>bold</b>");
    await first.locator(".line:not(.unsent)").waitFor();
    const second = await enter("Second", "later");
    await second.getByText("<b>bold</b>").waitFor();
    expect(await linesOf(second)).toEqual(["<b>bold</b>"]);
  });

  it("refuses the name of somebody who is here, and says so", async () => {
    await enter("Carol", "names");
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${worker.url}/#chat/names`);
    await page.getByLabel("Your name").fill("CAROL");
    await page.keyboard.press("Enter");
    await page.getByText(/^closed/).waitFor();
    expect(await page.getByLabel(/^Say something/).isDisabled()).toBe(true);
  });
});
