import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDoom } from "./crash/doom.ts";
import { type Machine, makeMachine } from "./crash/machine.ts";
import { until } from "./product.ts";

/** `npm run nightly` crawls more, and kills more often, and at all that a crawl waits for. */
const PAGES = Number(process.env["CRAWL_PAGES"] ?? 150);
const ROUNDS = Number(process.env["KILL_ROUNDS"] ?? 0);
/** More than the object's own six connections carry, so that consumers of the queue fetch, too. */
const CONCURRENCY = 18;
/** As long as it takes others to begin meanwhile. */
const LATENCY_MS = 5;

/** Who hears of a batch from the queue has it, and has given it back. */
const MAIN_POINTS = ["after-begin", "after-report"] as const;
/** All else that a crawl's object, or whoever fetches for it, waits for. */
const OTHER_POINTS = [
  "after-create",
  "in-alarm",
  "before-send",
  "after-send",
  "robots.txt",
  "a page",
  "half a page",
  "before-put",
  "after-put",
  "before-report",
] as const;
const POINTS = ROUNDS === 0 ? MAIN_POINTS : [...MAIN_POINTS, ...OTHER_POINTS];
/** Kills under one crawl: what has lost its batch three times is given up. */
const KILLS = 2;

/** A tree of pages with links across, that hears how far the crawl is and kills the machine when it is told to. */
async function openSite() {
  const doom = createDoom();
  const server = createServer(async ({ url = "/" }, response) => {
    if (url.startsWith("/at/")) {
      if (!doom.meet(url.slice(4))) response.end();
      return;
    }
    if (url === "/robots.txt") {
      if (!doom.meet("robots.txt")) response.writeHead(404).end();
      return;
    }
    await delay(LATENCY_MS);
    if (doom.meet("a page")) return;
    const page = Number(url.slice(1));
    const links = [page * 3 + 1, page * 3 + 2, page * 3 + 3, (page * 7 + 1) % PAGES];
    response.writeHead(200, { "Content-Type": "text/html" }).write(`<title>${page}</title>`);
    if (doom.meet("half a page")) return;
    response.end(links.map((link) => (link < PAGES ? `<a href="/${link}">x</a>` : "")).join(""));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    url: `http://127.0.0.1:${port}`,
    doom,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe("a crawl over a queue, when the machine is killed at whatever it waits for", () => {
  let site: Awaited<ReturnType<typeof openSite>>;
  let machine: Machine;
  beforeAll(async () => {
    site = await openSite();
    machine = await makeMachine(new URL("crash/crashing-crawl.ts", import.meta.url), {
      CRASH_URL: site.url,
    });
    await machine.start();
  });
  afterAll(async () => {
    await machine[Symbol.asyncDispose]();
    site.close();
  });

  /** Whoever hears nothing asks again, under the same key. */
  async function start(key: string): Promise<string> {
    const body = JSON.stringify({
      startUrls: [`${site.url}/0`],
      maxPages: 100_000,
      concurrency: CONCURRENCY,
      store: "warc",
    });
    const headers = { "Idempotency-Key": `"${key}"` };
    const response = await fetch(`${machine.url}/v1/crawls`, { method: "POST", headers, body });
    expect(response.status).toBe(202);
    return ((await response.json()) as { readonly id: string }).id; // as the routes' tests show
  }

  async function get<T>(path: string): Promise<T> {
    return (await (await fetch(`${machine.url}/v1/crawls/${path}`)).json()) as T; // as the routes' tests show
  }

  async function pathsOf(id: string): Promise<readonly string[]> {
    const headers = { Accept: "application/x-ndjson" };
    const response = await fetch(`${machine.url}/v1/crawls/${id}/pages`, { headers });
    const lines = (await response.text()).trimEnd().split("\n");
    return lines.map((line) => new URL((JSON.parse(line) as { readonly url: string }).url).pathname);
  }

  it("finds the same pages, each once", { timeout: 3_600_000 }, async () => {
    for (let round = 0; round < Math.max(1, ROUNDS); round += 1) {
      const crawls: string[] = [];
      for (const [index, point] of POINTS.entries()) {
        // Somewhere in the middle, another place each time; there is one start, and there are few batches.
        const page = 20 + ((round * 17 + index * 29) % (PAGES / 2));
        const nth = point.endsWith("page") ? page : point === "after-create" ? 1 : 2;
        site.doom.killAt(point, nth, machine.kill);
        const key = `${round}-${index}`;
        const heard = start(key).catch(() => undefined);
        await until(() => site.doom.isDone());
        await machine.ended();
        await machine.start();
        const id = await start(key);
        expect([undefined, id]).toContain(await heard);
        crawls.push(id);
        if (crawls.length < KILLS) continue;
        for (const crawl of crawls.splice(0)) await expectWhole(crawl);
      }
    }
  });

  async function expectWhole(id: string): Promise<void> {
    let view = { state: "running", counts: {} };
    await until(async () => {
      view = await get(id);
      return view.state !== "running";
    }, 240_000);
    expect(view).toMatchObject({ state: "all-done", counts: { pages: PAGES, failed: 0 } });
    const expected = Array.from({ length: PAGES }, (_, page) => `/${page}`);
    expect((await pathsOf(id)).toSorted()).toEqual(expected.toSorted());
  }
});
