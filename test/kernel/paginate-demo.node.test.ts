import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CancelSignal, paginate, toAbortSignal } from "#kernel";
import { type Demo, startDemo } from "../../demo/server.ts";

interface City {
  readonly name: string;
}

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo();
});
afterAll(async () => await demo[Symbol.asyncDispose]());

async function collect(pages: AsyncIterable<readonly City[]>): Promise<string[]> {
  const names: string[] = [];
  for await (const page of pages) names.push(...page.map(({ name }) => name));
  return names;
}

/** The target of a `Link: <…>; rel="next"`. */
const nextLink = (header: string | null) => /<([^>]+)>; rel="next"/.exec(header ?? "")?.[1];

describe("paginate over a real API", () => {
  const base = "/countries/FRA/cities";

  it("reads the same list by page number, by cursor and by Link header", async () => {
    const get = async (path: string, signal: CancelSignal) =>
      await fetch(`${demo.url}${path}`, { signal: toAbortSignal(signal) });

    const byNumber = paginate(
      async (page, signal) => {
        const response = await get(`${base}?page=${page}&size=1000`, signal);
        return { items: (await response.json()) as City[] };
      },
      { by: "number", size: 1_000, maxPages: 20, prefetch: true },
    );
    const byCursor = paginate(
      async (cursor, signal) => {
        const query = cursor === undefined ? "" : `&cursor=${cursor}`;
        const response = await get(`${base}?style=cursor&size=1000${query}`, signal);
        return (await response.json()) as { items: City[]; next?: string };
      },
      { by: "next", maxPages: 20 },
    );
    const byLink = paginate(
      async (link, signal) => {
        const response = await get(link ?? `${base}?style=link&size=1000`, signal);
        return { items: (await response.json()) as City[], next: nextLink(response.headers.get("Link")) };
      },
      { by: "next", maxPages: 20 },
    );

    const names = await collect(byNumber);
    expect(names.length).toBeGreaterThan(5_000);
    expect(names[0]).toBe("Paris");
    expect(await collect(byCursor)).toEqual(names);
    expect(await collect(byLink)).toEqual(names);
  });
});
