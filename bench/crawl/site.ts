import { createServer, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";

/** What each page links to: the pages below it, its neighbours, the front page, and pages anywhere. */
const CHILDREN = 10;
const WORDS =
  "a crawl keeps to the pace of a host and counts each page once whatever breaks on the way there ".repeat(
    24,
  );

/** What is there besides pages. */
const FILES: Readonly<Record<string, { readonly type: string; readonly text: string }>> = {
  "/robots.txt": { type: "text/plain", text: "User-agent: *\nDisallow: /private/\n" },
  "/style.css": { type: "text/css", text: "body { margin: 2rem }\n" },
};

/**
 * A site of pages that look like documentation, for everyone to crawl: `node site.ts <pages> <latency in ms>
 * <port>`.
 * `/_stats` tells what was asked since it was last asked.
 */
function main(count: number, latencyMs: number, port: number): void {
  const pages = Array.from({ length: count }, (_, page) => Buffer.from(htmlOf(page, count)));
  let asked: string[] = [];
  createServer((request, response) => void answer(request.url ?? "/", response)).listen(port, "127.0.0.1");

  async function answer(path: string, response: ServerResponse): Promise<void> {
    if (path === "/_stats") {
      response.end(JSON.stringify(asked));
      asked = [];
      return;
    }
    asked.push(path);
    if (latencyMs > 0) await delay(latencyMs);
    const page = path === "/" ? 0 : Number(/^\/p\/(\d+)\.html$/.exec(path)?.[1] ?? Number.NaN);
    const file = FILES[path];
    const body = file === undefined ? pages[page] : Buffer.from(file.text);
    response.statusCode = body === undefined ? 404 : 200;
    response.setHeader("Content-Type", file?.type ?? "text/html; charset=utf-8");
    response.setHeader("Content-Length", body?.length ?? 0);
    response.end(body);
  }
}

function htmlOf(page: number, count: number): string {
  const children = Array.from({ length: CHILDREN }, (_, index) => page * CHILDREN + index + 1);
  const others = [
    page - 1,
    page + 1,
    (page * 7 + 3) % count,
    (page * 31 + 11) % count,
    (page * 101 + 29) % count,
  ];
  const links = [...children, ...others]
    .filter((one) => one > 0 && one < count)
    .map((one) => `<li><a class="reference internal" href="/p/${one}.html">Page ${one}</a></li>`)
    .join("\n");
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Page ${page} &amp; more</title>
<link rel="stylesheet" href="/style.css"></head><body><nav><a href="/">Home</a> <a href="/private/">Private</a></nav>
<h1>Page ${page}</h1><p>${WORDS}</p><ul>${links}</ul><p>${WORDS}</p></body></html>`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [count = 0, latencyMs = 0, port = 0] = process.argv.slice(2).map(Number);
  main(count, latencyMs, port);
}
