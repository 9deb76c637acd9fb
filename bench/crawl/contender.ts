import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BenchCase, type Contender, type Measurement, WrongAnswerError } from "../harness/bench.ts";
import { runProgram } from "../harness/program.ts";
import type { Server } from "../harness/server.ts";
import { startManifold } from "../harness/workerd.ts";

/** Connections that everyone has. */
export const CONNECTIONS = 6;

export interface CrawlCase extends BenchCase {
  readonly site: "fast" | "slow";
}

/** How many pages the sites have: with 50 ms for each, whoever asks for one at a time takes long enough. */
export const PAGES = { fast: 5_000, slow: 1_000 };

/** The sites: one answers at once, one after 50 ms. */
export interface World extends AsyncDisposable {
  readonly fast: Server;
  readonly slow: Server;
}

export type CrawlContender = Contender<World, CrawlCase>;

/** A program that crawls a site with so many connections and writes what it found into a file. */
export function program(
  name: string,
  commandFor: (start: string, file: string, folder: string) => Promise<readonly [string, ...string[]]>,
): CrawlContender {
  return contender(name, async () => {
    // Whether it is here at all.
    await commandFor("", "", "");
    return {
      async crawl(site) {
        const folder = await mkdtemp(join(tmpdir(), "manifold-bench-crawl-"));
        const beganMs = performance.now();
        const { output } = await runProgram(await commandFor(`${site.url}/`, join(folder, "pages"), folder));
        const wholeMs = performance.now() - beganMs;
        await rm(folder, { recursive: true });
        // What programs print that say how long it was without their own start.
        const { elapsedMs } = output.startsWith("{")
          ? (JSON.parse(output) as { elapsedMs: number })
          : { elapsedMs: wholeMs };
        return elapsedMs;
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  });
}

/** Manifold, whose results are in its database. */
export function manifold(): CrawlContender {
  return contender("manifold", async () => {
    const server = await startManifold();
    return {
      async crawl(site) {
        const body = JSON.stringify({
          startUrls: [`${site.url}/`],
          maxPages: 100_000,
          concurrency: CONNECTIONS,
        });
        const beganMs = performance.now();
        const response = await fetch(`${server.url}/v1/crawls`, { method: "POST", body });
        if (response.status !== 202) throw new WrongAnswerError(`status ${response.status}`);
        const { id } = (await response.json()) as { readonly id: string };
        for (;;) {
          const view = await fetch(`${server.url}/v1/crawls/${id}`);
          const { state } = (await view.json()) as { readonly state: string };
          if (state === "all-done") return performance.now() - beganMs;
          if (state !== "running") throw new WrongAnswerError(`it is ${state}`);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      },
      [Symbol.asyncDispose]: async () => await server[Symbol.asyncDispose](),
    };
  });
}

interface Crawls extends AsyncDisposable {
  /** @returns How long it took. */
  crawl(site: Server): Promise<number>;
}

function contender(name: string, start: () => Promise<Crawls>): CrawlContender {
  return {
    name,
    async start(world) {
      const crawls = await start();
      return {
        async measure({ site }): Promise<Measurement> {
          await takeAsked(world[site]);
          const elapsedMs = await crawls.crawl(world[site]);
          expectAll(await takeAsked(world[site]), PAGES[site]);
          return { "pages/s": (PAGES[site] * 1_000) / elapsedMs };
        },
        [Symbol.asyncDispose]: async () => await crawls[Symbol.asyncDispose](),
      };
    },
  };
}

/** What a site was asked for since it was last asked this. */
async function takeAsked({ url }: Server): Promise<readonly string[]> {
  return (await (await fetch(`${url}/_stats`)).json()) as readonly string[];
}

/** @throws {WrongAnswerError} Unless each page was asked for, once, and nothing that robots.txt forbids. */
function expectAll(asked: readonly string[], count: number): void {
  const pages = asked.filter((path) => path === "/" || path.startsWith("/p/"));
  if (new Set(pages).size !== count) throw new WrongAnswerError(`${new Set(pages).size} of ${count} pages`);
  if (pages.length !== count)
    throw new WrongAnswerError(`${pages.length - count} pages were asked for twice`);
  if (asked.some((path) => path.startsWith("/private/")))
    throw new WrongAnswerError("it went where it may not");
  if (!asked.includes("/robots.txt")) throw new WrongAnswerError("it did not ask for robots.txt");
}
