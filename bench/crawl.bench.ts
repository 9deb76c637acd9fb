import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CONNECTIONS, type CrawlCase, manifold, PAGES, program, type World } from "./crawl/contender.ts";
import { type Bench, MissingError } from "./harness/bench.ts";
import { peerProgram } from "./harness/peer.ts";
import { findPython } from "./harness/python.ts";
import { startNode } from "./harness/server.ts";

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const six = String(CONNECTIONS);

const CONTENDERS = [
  program("Scrapy", async (start, file) => [
    await findPython("scrapy"),
    pathOf("crawl/scrapy_crawler.py"),
    start,
    six,
    file,
  ]),
  program("Crawlee", async (start, file) => {
    const crawler = fileURLToPath(peerProgram("@crawlee/cheerio", "crawlee-crawler.js"));
    return await Promise.resolve([process.execPath, crawler, start, six, file]);
  }),
  program("aiohttp", async (start, file) => [
    await findPython("aiohttp"),
    pathOf("crawl/aiohttp_crawler.py"),
    start,
    six,
    file,
  ]),
  program("wget", async (start, _, folder) => {
    if (!existsSync("/usr/bin/wget")) throw new MissingError("wget is not installed");
    return await Promise.resolve(["/usr/bin/wget", "-q", "-r", "-l", "inf", "-P", folder, start]);
  }),
  manifold(),
];

/** How fast a site is crawled whose host need not be spared. */
export const bench: Bench<World, CrawlCase> = {
  name: "crawl",
  claim: `How fast a site is crawled over ${six} connections, with robots.txt kept to and results written.`,
  metrics: [{ name: "pages/s", better: "more", isDrawn: true }],
  cases: [
    { name: "5,000 pages at once", site: "fast", isQuick: true },
    { name: "1,000 pages of 50 ms", site: "slow", isQuick: false },
  ],
  contenders: CONTENDERS,
  targets: [
    { case: "5,000 pages at once", contender: "manifold", metric: "pages/s", against: "Scrapy", atLeast: 5 },
    { case: "5,000 pages at once", contender: "manifold", metric: "pages/s", against: "wget", atLeast: 1 },
    {
      case: "1,000 pages of 50 ms",
      contender: "manifold",
      metric: "pages/s",
      against: "Scrapy",
      atLeast: 0.9,
    },
  ],
  notes: [
    "Everyone fetches the same pages and nothing twice, which the site's own log shows.",
    "Manifold's and wget's time is all that they take, the start of wget included; the others' is without their start.",
    "wget asks for one page at a time, keeps no more than the files, and has no limit that it would need a table for.",
    "Manifold writes a page, what it links to and what it knows of URLs to its database, durably, batch by batch.",
  ],
  async setUp() {
    const site = new URL("crawl/site.ts", import.meta.url);
    const [fast, slow] = [
      await startNode(site, String(PAGES.fast), "0"),
      await startNode(site, String(PAGES.slow), "50"),
    ];
    return {
      fast,
      slow,
      async [Symbol.asyncDispose]() {
        await fast[Symbol.asyncDispose]();
        await slow[Symbol.asyncDispose]();
      },
    };
  },
};
