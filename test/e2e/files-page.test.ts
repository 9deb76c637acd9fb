import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findBarriers } from "../support/accessibility.ts";
import { launchBrowser } from "../support/browser.ts";
import { openPage } from "../support/open-page.ts";
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

async function open(url: string, options: Parameters<Browser["newPage"]>[0] = {}) {
  return await openPage(browser, `${url}/#files`, options);
}

/** An upstream of one large file, of which it sends half before it is told to go on. */
async function startSlow(half: Buffer) {
  const waiting: ServerResponse[] = [];
  const server = createServer((_, response) => {
    response.writeHead(200, { "Content-Length": 2 * half.length, "Content-Type": "image/png" }).write(half);
    waiting.push(response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/large.png`,
    goOn: () => waiting.forEach((response) => response.end(half)),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function upload(page: Page, name: string, mimeType: string, buffer: Buffer) {
  await page.getByLabel("File", { exact: true }).setInputFiles({ name, mimeType, buffer });
  await page.getByRole("button", { name: "Upload" }).click();
  await page.getByRole("heading", { name, exact: true }).waitFor();
}

describe("the page of files, over the Worker", () => {
  it.each([
    ["on a desk, in the dark", { viewport: { width: 1280, height: 900 }, colorScheme: "dark" }],
    ["on a phone", { viewport: { width: 360, height: 740 }, colorScheme: "light" }],
  ] as const)("takes a file, shows it, and deletes it, %s", async (_, options) => {
    const { page, complaints } = await open(worker.url, options);
    const picture = await readFile("docs/images/console-light.png");
    await upload(page, "ä 100%#?.html", "text/html", Buffer.from("<script>alert(1)</script>"));
    expect(await page.locator("article pre").textContent()).toBe("<script>alert(1)</script>");
    await upload(page, "page.png", "image/png", picture);
    await page.locator("img.preview").waitFor();
    // Larger than what is read of a file at first.
    expect(await page.evaluate("document.querySelector('.preview').naturalWidth")).toBe(1280);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(options.viewport.width);
    expect(await findBarriers(page)).toEqual([]);
    for (const name of ["page.png", "ä 100%#?.html"]) {
      await page.locator(".file-list").getByRole("link", { name }).click();
      await page.getByRole("heading", { name, exact: true }).waitFor();
      await page.getByRole("button", { name: "Delete …" }).press("Enter");
      await page.getByRole("button", { name: "Delete it" }).press("Enter");
      await page.locator(".file-list").getByRole("link", { name }).waitFor({ state: "detached" });
    }
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("lets a browser save a file", async () => {
    const { page } = await open(worker.url);
    await upload(page, "saved.txt", "text/plain", Buffer.from("saved"));
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Save", exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("saved.txt");
    await page.close();
  });

  it("downloads, shows how far it is, and then the file", async () => {
    await using slow = await startSlow(Buffer.alloc(2_000_000, "x"));
    const { page, complaints } = await open(worker.url);
    await page.getByLabel("URL", { exact: true }).fill(slow.url);
    await page.getByLabel("Key (made up").fill("in/large.png");
    await page.getByRole("button", { name: "Download" }).click();
    await page.getByText(/of 4\.0 MB/).waitFor();
    slow.goOn();
    await page.locator(".file-list").getByRole("link", { name: "in/large.png" }).click();
    await page.getByText("It says that it is an image, and is none.").waitFor();
    expect(await page.locator(".facts").innerText()).toMatch(/^4\sMB/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("shows an image also where a token is needed, and at each place what a token is not good for", async () => {
    await using shut = await startWorker({
      ALLOW_LOOPBACK: "1",
      API_TOKENS: await secretOf({ mine: ["files:read", "files:write"] }),
    });
    const { page } = await open(shut.url);
    await page.getByLabel("Token", { exact: true }).fill(tokenOf(0));
    await page.getByRole("button", { name: "Use it" }).click();
    await upload(page, "page.png", "image/png", await readFile("docs/images/console-light.png"));
    await page.locator("img.preview").waitFor();
    await page.getByText(/tasks:read/).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("page.png");
    expect(await readFile(await download.path())).toEqual(await readFile("docs/images/console-light.png"));
    await page.close();
  });
});
