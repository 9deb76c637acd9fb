import { type Clock, sleep } from "#kernel";
import { isLoopback } from "../../../src/http/loopback.ts";
import type { Faults } from "./faults.ts";
import { ROBOTS, type Site } from "./site.ts";

/** The least pause between two pages of a host that is spared. */
const FLOOR_MS = 500;

/** Answers for a site, and watches how its hosts are treated. */
export function makeNetwork(site: Site, clock: Clock, { dice, saw }: Faults) {
  const open = new Map<string, number>();
  const lastMs = new Map<string, number>();
  const broken: string[] = [];

  /** @returns What to call when it is over. */
  const begin = (url: URL, isAlive: () => boolean): (() => void) => {
    if (isLoopback(url)) return () => undefined;
    const count = (open.get(url.host) ?? 0) + 1;
    open.set(url.host, count);
    if (count > 1) broken.push(`${url.host} is asked for ${count} things at once`);
    const sinceMs = clock.now() - (lastMs.get(url.host) ?? -Infinity);
    const isPage = url.pathname !== "/robots.txt";
    if (isPage && sinceMs < FLOOR_MS) broken.push(`${url.host} is asked again after ${sinceMs} ms`);
    if (!isAlive()) broken.push("The dead ask");
    return () => {
      open.set(url.host, (open.get(url.host) ?? 1) - 1);
      if (isPage) lastMs.set(url.host, clock.now());
    };
  };

  return {
    async fetch(text: string, signal: AbortSignal, isAlive: () => boolean): Promise<Response> {
      const url = new URL(text);
      const end = begin(url, isAlive);
      try {
        await sleep(dice.between(1, 300), signal, clock);
      } finally {
        end();
      }
      if (dice.oneIn(15)) {
        saw("a fetch that failed");
        throw new TypeError("The connection was reset");
      }
      const headers = { "Content-Type": "text/html" };
      if (url.pathname === "/robots.txt") return new Response(ROBOTS, { headers });
      const thing = site.things.get(url.href);
      if (thing?.kind === "redirect") {
        return new Response(null, { status: 302, headers: { Location: thing.to } });
      }
      if (thing?.kind !== "page") return new Response(null, { status: 404, headers });
      return new Response(thing.links.map((link) => `<a href="${link}">x</a>`).join(""), { headers });
    },
    /** @throws When a host was not treated well. */
    expectWell(): void {
      if (broken[0] !== undefined) throw new Error(broken[0]);
    },
  };
}
