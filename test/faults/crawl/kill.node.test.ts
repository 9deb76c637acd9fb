import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import type { Server } from "../../../bench/harness/server.ts";
import { startManifold } from "../../../bench/harness/workerd.ts";
import { until } from "../../e2e/product.ts";

/** `npm run nightly` crawls more, and kills more often. */
const PAGES = Number(process.env["CRAWL_PAGES"] ?? 150);
const ROUNDS = Number(process.env["KILL_ROUNDS"] ?? 1);

/** What a fetch waits for. */
const POINTS = ["asks for robots.txt", "asks for a page", "has half a page", "has a page"] as const;
type Point = (typeof POINTS)[number];

interface Counts {
  readonly pages: number;
  readonly known: number;
}

/** A tree of pages with links across, that tells what happens to it. */
async function openSite(onPoint: (point: Point) => Promise<void>) {
  const server = createServer((request, response) => void answer(request.url ?? "/", response)).listen(
    0,
    "127.0.0.1",
  );
  await once(server, "listening");
  async function answer(path: string, response: ServerResponse): Promise<void> {
    if (path === "/robots.txt") {
      await onPoint("asks for robots.txt");
      response.writeHead(404).end();
      return;
    }
    await onPoint("asks for a page");
    const page = Number(path.slice(1));
    const links = [page * 3 + 1, page * 3 + 2, page * 3 + 3, (page * 7 + 1) % PAGES].filter(
      (one) => one < PAGES,
    );
    response.writeHead(200, { "Content-Type": "text/html" });
    response.write(`<title>${page}</title>`);
    await onPoint("has half a page");
    response.end(links.map((link) => `<a href="/${link}">x</a>`).join(""), () => void onPoint("has a page"));
  }
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    url: `http://127.0.0.1:${port}/0`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function start(product: Server, startUrl: string, maxPages: number): Promise<string> {
  const body = JSON.stringify({ startUrls: [startUrl], maxPages });
  const response = await fetch(`${product.url}/v1/crawls`, { method: "POST", body });
  expect(response.status).toBe(202);
  return ((await response.json()) as { readonly id: string }).id; // as the routes' tests show
}

async function get<T>(product: Server, path: string, accept = "application/json"): Promise<T> {
  const response = await fetch(`${product.url}/v1/crawls/${path}`, { headers: { Accept: accept } });
  expect(response.status).toBe(200);
  return (await (accept.endsWith("ndjson") ? response.text() : response.json())) as T; // as the routes' tests show
}

async function whenEnded(
  product: Server,
  id: string,
): Promise<{ readonly state: string; readonly counts: Counts }> {
  let view = { state: "running", counts: { pages: 0, known: 0 } };
  await until(async () => {
    view = await get(product, id);
    return view.state !== "running";
  }, 240_000);
  return view;
}

async function pathsOf(product: Server, id: string): Promise<readonly string[]> {
  const lines = await get<string>(product, `${id}/pages`, "application/x-ndjson");
  return lines
    .trim()
    .split("\n")
    .map((line) => new URL((JSON.parse(line) as { readonly url: string }).url).pathname)
    .toSorted();
}

describe("a crawl, when the runtime is killed at whatever it waits for", () => {
  it(
    "finds the same pages, each once, and stops at a cap to the page",
    { timeout: 120_000 + ROUNDS * 300_000 },
    async () => {
      let awaited: Point | undefined;
      let skip = 0;
      let hit = Promise.withResolvers<void>();
      await using site = await openSite(async (point) => {
        if (point !== awaited) return;
        skip -= 1;
        if (skip >= 0) return;
        awaited = undefined;
        hit.resolve();
        // Whoever asked is killed meanwhile, but for an answer that is on its way.
        if (point !== "has a page") await new Promise(() => undefined);
      });
      await using product = await startManifold();
      const cap = Math.floor(PAGES * 0.8);
      for (let round = 0; round < ROUNDS; round += 1) {
        const ids: string[] = [];
        for (const [index, point] of POINTS.entries()) {
          hit = Promise.withResolvers();
          awaited = point;
          // Somewhere in the middle, another place each time.
          skip =
            point === "asks for robots.txt" ? 0 : 5 + ((index * 29 + round * 17) % Math.floor(PAGES / 2));
          ids.push(await start(product, site.url, index % 2 === 0 ? 100_000 : cap));
          await hit.promise;
          await product.restart();
        }
        for (const [index, id] of ids.entries()) {
          const { state, counts } = await whenEnded(product, id);
          const paths = await pathsOf(product, id);
          expect(new Set(paths).size).toBe(paths.length);
          expect([state, counts.pages, paths.length]).toEqual(
            index % 2 === 0 ? ["all-done", PAGES, PAGES] : ["max-pages", cap, cap],
          );
        }
      }
    },
  );
});
