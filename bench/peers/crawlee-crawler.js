// Crawlee's CheerioCrawler, with robots.txt, its results written as JSON lines.
// Usage: crawlee-crawler.js <start URL> <connections> <file for results>. Prints how many pages there are, and the time.
import { createWriteStream } from "node:fs";
import { CheerioCrawler, Configuration, log, LogLevel } from "@crawlee/cheerio";

const [start, connections, file] = process.argv.slice(2);
log.setLevel(LogLevel.OFF);
const results = createWriteStream(file);
let pages = 0;
const crawler = new CheerioCrawler(
  {
    respectRobotsTxtFile: true,
    minConcurrency: Number(connections),
    maxConcurrency: Number(connections),
    async requestHandler({ request, $, response, enqueueLinks }) {
      pages += 1;
      const row = {
        url: request.url,
        status: response.statusCode,
        title: $("title").text(),
        links: $("a").length,
      };
      results.write(`${JSON.stringify(row)}\n`);
      await enqueueLinks({ strategy: "same-hostname" });
    },
  },
  new Configuration({ persistStorage: false, availableMemoryRatio: 0.9 }),
);
const beganMs = performance.now();
await crawler.run([start]);
await new Promise((resolve) => results.end(resolve));
console.log(JSON.stringify({ pages, elapsedMs: performance.now() - beganMs }));
