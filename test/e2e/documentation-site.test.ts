import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import { browserLinks } from "../support/browser-links.ts";
import { debianPackage } from "../support/debian-package.ts";
import { type FolderSite, serveFolder } from "../support/folder-site.ts";
import { type RunningWorker, startWorker } from "../support/worker.ts";

/** Written by hand over many years, with dead links and addresses in every spelling. */
const PACKAGE = "sqlite3-doc";
const FOLDER = "usr/share/doc/sqlite3";
/** Pages that a browser looks at, too. */
const SAMPLES = 30;

let site: FolderSite;
let worker: RunningWorker;
let browser: Browser;
beforeAll(async () => {
  site = await serveFolder(join(await debianPackage(PACKAGE), FOLDER));
  worker = await startWorker({ ALLOW_LOOPBACK: "1", AUTH: "open", LOG: "problems" });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await worker[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
});

/** Crawls the whole site, and looks on. @returns Where the crawl is, and how many pages it had each time it told. */
async function crawlSite() {
  const body = JSON.stringify({ startUrls: [`${site.url}/`], maxPages: 10_000 });
  const response = await fetch(`${worker.url}/v1/crawls`, { method: "POST", body });
  expect(response.status).toBe(202);
  const { id } = (await response.json()) as { readonly id: string }; // as the routes' tests show
  const url = `${worker.url}/v1/crawls/${id}`;
  const events = await (await fetch(`${url}/events`)).text();
  const states = [...events.matchAll(/^data: (.*)$/gm)].map(
    ([, data = ""]) =>
      JSON.parse(data) as { readonly state: string; readonly counts: { readonly pages: number } },
  );
  expect(states.at(-1)?.state).toBe("all-done");
  return { url, progress: states.map(({ counts }) => counts.pages) };
}

/** Has wget do the same; of what pages are put together from, it takes nothing, as we do not. */
async function wgetSite(): Promise<readonly string[]> {
  const env = await withWget();
  const folder = await mkdtemp(join(tmpdir(), "manifold-wget-"));
  const args = ["--recursive", "--level=inf", "--follow-tags=a,area,meta", "--no-verbose", "--no-proxy"];
  const child = spawn("wget", [...args, "--user-agent=wget", `${site.url}/`], {
    cwd: folder,
    env,
    stdio: "ignore",
  });
  const [code] = (await once(child, "close")) as [number | null];
  await rm(folder, { recursive: true });
  // So it ends when there is something that the server did not find.
  expect(code).toBe(8);
  // A backslash is a slash to browsers and to us (WHATWG URL, 4.4), and a letter like others to wget.
  return site.askedBy("wget").filter((what) => !what.includes("%5C"));
}

/** What it is started with: this machine's, or Debian's with the one library that apt does not need, too. */
async function withWget(): Promise<NodeJS.ProcessEnv> {
  const isHere = spawnSync("wget", ["--version"]).status === 0;
  if (isHere) return process.env;
  const [wget, library] = [await debianPackage("wget"), await debianPackage("libpsl5")];
  return {
    ...process.env,
    PATH: `${process.env["PATH"]}:${join(wget, "usr/bin")}`,
    LD_LIBRARY_PATH: join(library, "usr/lib/x86_64-linux-gnu"),
  };
}

async function rows<T>(url: string): Promise<readonly T[]> {
  const response = await fetch(url, { headers: { Accept: "application/x-ndjson" } });
  const lines = (await response.text()).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as T); // as the routes' tests show
}

describe("a crawl of a real site of documentation", () => {
  let crawl: Awaited<ReturnType<typeof crawlSite>>;
  let pages: readonly { readonly url: string; readonly status: number; readonly type: string }[];
  beforeAll(async () => {
    crawl = await crawlSite();
    pages = await rows(`${crawl.url}/pages`);
  });

  it("finds the pages that wget finds, no more and no less, and asks for each once", async () => {
    const theirs = (await wgetSite()).toSorted();
    expect(site.askedBy("ManifoldBot").toSorted()).toEqual(theirs);
    const found = pages.map(({ url, status }) => `${status} ${url.slice(site.url.length)}`);
    expect(found.toSorted()).toEqual(theirs.filter((what) => !what.endsWith(" /robots.txt")));
    expect(found.filter((what) => what.startsWith("200")).length).toBeGreaterThan(500);
  });

  it("is seen while it goes on", () => {
    expect(new Set(crawl.progress).size).toBeGreaterThan(2);
    expect(crawl.progress).toEqual(crawl.progress.toSorted((one, other) => one - other));
    expect(crawl.progress.at(-1)).toBe(pages.length);
  });

  it("knows the links of its pages as a browser does", async () => {
    const edges = Map.groupBy(
      await rows<{ readonly from: string; readonly to: string }>(`${crawl.url}/links`),
      ({ from }) => from,
    );
    // Without scripts the page is what was sent, which is what a crawler sees.
    const page = await browser.newPage({ javaScriptEnabled: false });
    const readable = pages.filter(({ status, type }) => status === 200 && type === "text/html");
    let links = 0;
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const { url } = readable[Math.floor((sample * readable.length) / SAMPLES)] ?? { url: "" };
      await page.goto(url, { waitUntil: "domcontentloaded" });
      const here = (await browserLinks(page)).filter((link) => link.startsWith(`${site.url}/`));
      expect((edges.get(url) ?? []).map(({ to }) => to)).toEqual(here);
      links += here.length;
    }
    expect(links).toBeGreaterThan(SAMPLES);
  });
});
