import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterEach, beforeAll } from "vitest";
import { buildConsole } from "../../scripts/build-console.ts";
import { launchBrowser } from "../support/browser.ts";
import { type Handler, type Site, startSite } from "./site.ts";

/** The built page over an API of canned answers, in a browser, for all tests of a file. No test may cause complaints. */
export function pagesOver(answers: Readonly<Record<string, Handler>>) {
  let browser: Browser;
  let site: Site;

  beforeAll(async () => {
    await using stack = new AsyncDisposableStack();
    const directory = await mkdtemp(join(tmpdir(), "manifold-console-"));
    stack.defer(async () => await rm(directory, { recursive: true }));
    await buildConsole({ outDir: directory });
    site = stack.use(await startSite(directory, answers));
    browser = stack.adopt(await launchBrowser(), async (started) => await started.close());
    const opened = stack.move();
    return async () => await opened.disposeAsync();
  }, 30_000);

  /** What no test may cause: errors, and anything the content security policy forbids. */
  const complaints: string[] = [];

  afterEach(async () => {
    site.reset();
    await Promise.all(browser.contexts().map(async (context) => await context.close()));
    const found = complaints.splice(0);
    if (found.length > 0)
      throw new Error(`Expected the page to have nothing to complain of, got ${found.join("\n")}`);
  });

  const open = async (
    hash = "",
    viewport = { width: 1280, height: 900 },
    reducedMotion: "reduce" | "no-preference" = "reduce",
  ): Promise<Page> => {
    const page = await browser.newPage({ viewport, reducedMotion });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      // The browser itself notes every answer that is not 2xx; the tests that provoke one look at what the page says.
      const isNote =
        message.text().startsWith("Failed to load resource") && /\/(api|v1)\//.test(message.location().url);
      if (["error", "warning"].includes(message.type()) && !isNote) complaints.push(message.text());
    });
    await page.exposeFunction("complain", (violation: string) => complaints.push(violation));
    await page.addInitScript(
      'addEventListener("securitypolicyviolation", (event) => complain(`${event.violatedDirective} ${event.blockedURI}`))',
    );
    await page.goto(`${site.url}/${hash}`);
    return page;
  };

  return {
    open,
    /** The API behind the page; known once the tests run. */
    site: () => site,
  };
}

/** A text without the spaces that differ only in how they break. */
export const words = async (page: Page, selector: string) =>
  (await page.locator(selector).innerText()).replaceAll(/\s+/g, " ");
