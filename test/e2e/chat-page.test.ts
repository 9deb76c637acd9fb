import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectChat } from "../../src/chat/client.ts";
import { findBarriers } from "../support/accessibility.ts";
import { launchBrowser } from "../support/browser.ts";
import { type RunningWorker, startWorker } from "../support/worker.ts";

/** As much as a connection may say at once. */
const BURST = 10;

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

/** Says so many lines in a room, by as many people as may say so much at once. */
async function fill(room: string, lines: number): Promise<void> {
  for (let line = 0; line < lines;) {
    await using chat = connectChat({
      url: `${worker.url.replace("http", "ws")}/v1/rooms/${room}`,
      name: `speaker ${line}`,
    });
    const end = Math.min(lines, line + BURST);
    for (; line < end; line += 1) await chat.send(`line ${line}`);
  }
}

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

  it("has the cursor where one types, after coming in and after leaving", async () => {
    const speaker = await enter("Speaker", "keys");
    for (let count = 0; count < 3; count += 1) await say(speaker, `line ${count}`);
    await speaker.locator(".line:not(.unsent)").nth(2).waitFor();
    const page = await enter("Typist", "keys");
    await page.getByText("line 2").waitFor();
    await page.locator("input[name=text]:focus").waitFor();
    await page.keyboard.type("by keys alone");
    await page.keyboard.press("Enter");
    await speaker.getByText("by keys alone").waitFor();
    expect((await linesOf(page)).at(-1)).toBe("by keys alone");
    await page.getByRole("button", { name: "Leave" }).focus();
    await page.keyboard.press("Enter");
    await page.locator("input[name=name]:focus").waitFor({ timeout: 5_000 });
    await page.keyboard.type("Typist");
    await page.keyboard.press("Enter");
    await page.getByText("connected", { exact: true }).waitFor();
  });

  it("goes back through pages of what was said, to the first, and stays where it reads", async () => {
    await fill("pages", 120);
    const late = await enter("Late", "pages");
    await late.getByText("line 119", { exact: true }).waitFor();
    const back = late.getByRole("button", { name: "What was said before" });
    expect(await linesOf(late)).toHaveLength(50);
    await back.click();
    await late.getByText("line 20", { exact: true }).waitFor();
    await back.click();
    await late.getByText("line 0", { exact: true }).waitFor();
    expect(await linesOf(late)).toEqual(Array.from({ length: 120 }, (_, index) => `line ${index}`));
    expect(await back.count()).toBe(0);
    expect(await late.evaluate("document.activeElement.getAttribute('role')")).toBe("log");
  });

  it.each([
    ["the network is back", "dispatchEvent(new Event('online'))", "Guest"],
    ["somebody looks again", "document.dispatchEvent(new Event('visibilitychange'))", "Visitor"],
  ])("says why it is not let in, and comes in at once when %s", async (_, happening, name) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.clock.install();
    const detail = "The token `guest` may not enter the room `staff`";
    await page.route("**/tickets", async (route) => await route.fulfill({ status: 403, json: { detail } }));
    await page.goto(`${worker.url}/#chat/staff`);
    await page.getByLabel("Your name").fill(name);
    await page.keyboard.press("Enter");
    await page
      .getByRole("alert")
      .filter({ hasText: detail.replaceAll("`", "") })
      .waitFor();
    await page.getByText("connection lost; trying again").waitFor();
    // Without its clock, the page does not try again by itself.
    await page.clock.pauseAt(Date.now() + 60_000);
    await page.getByText("connection lost; trying again").waitFor();
    await page.unroute("**/tickets");
    await page.evaluate(happening);
    await page.getByText("connected", { exact: true }).waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
  });

  it("asks for a token where one is needed, and comes in with it at once", async () => {
    const page = await (await browser.newContext()).newPage();
    await page.clock.install();
    await page.route("**/tickets", async (route) => {
      const token = await route.request().headerValue("Authorization");
      if (token === "Bearer mf_mine") await route.continue();
      else await route.fulfill({ status: 401, json: { detail: "Who are you?" } });
    });
    await page.goto(`${worker.url}/#chat/shut`);
    await page.getByLabel("Your name").fill("Guest");
    await page.keyboard.press("Enter");
    await page.getByLabel("Token").fill("mf_mine");
    await page.clock.pauseAt(Date.now() + 60_000);
    await page.getByRole("button", { name: "Use it" }).click();
    await page.getByText("connected", { exact: true }).waitFor();
    expect(await page.getByLabel("Token").count()).toBe(0);
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
