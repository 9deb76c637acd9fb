import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { City } from "../../demo/data/cities.ts";
import { startDemo, type Demo } from "../../demo/server.ts";
import { get } from "./client.ts";

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo();
});
afterAll(async () => {
  await demo[Symbol.asyncDispose]();
});

const at = (query: string) => get(`${demo.url}/countries/FRA/cities${query}`);

type Page = readonly City[];

/** Asks for numbered pages until one is short. */
async function walkPages(size: number): Promise<City[]> {
  const cities: City[] = [];
  for (let page = 1; ; page++) {
    const items = (await at(`?page=${page}&size=${size}`)).body as Page;
    cities.push(...items);
    if (items.length < size) return cities;
  }
}

/** Follows cursors until there is none. */
async function walkCursors(size: number): Promise<City[]> {
  const cities: City[] = [];
  let cursor = "";
  for (;;) {
    const { body } = await at(`?style=cursor&size=${size}${cursor}`);
    const { items, next } = body as { items: Page; next?: string };
    cities.push(...items);
    if (next === undefined) return cities;
    cursor = `&cursor=${next}`;
  }
}

/** Follows `Link` headers until there is none. */
async function walkLinks(size: number): Promise<City[]> {
  const cities: City[] = [];
  let path: string | undefined = `/countries/FRA/cities?style=link&size=${size}`;
  while (path !== undefined) {
    const { response, body } = await get(`${demo.url}${path}`);
    cities.push(...(body as Page));
    path = /^<(\/[^>]+)>; rel="next"$/.exec(response.headers.get("link") ?? "")?.[1];
  }
  return cities;
}

describe("GET /countries/:cca3/cities", () => {
  it("gives the 50 largest cities first", async () => {
    const cities = (await at("")).body as Page;
    expect(cities).toHaveLength(50);
    expect(cities[0]).toEqual({
      id: 2_988_507,
      name: "Paris",
      population: 2_138_551,
      latitude: 48.85341,
      longitude: 2.3488,
    });
    expect(cities.slice(1, 3).map(({ name }) => name)).toEqual(["Marseille", "Lyon"]);
  });

  it("gives the same cities in the same order in all three styles, whatever the size", async () => {
    const all = await walkPages(1000);
    const populations = all.map(({ population }) => population);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(populations).toEqual(populations.toSorted((left, right) => right - left));
    expect(populations.at(-1)).toBeGreaterThan(0);
    expect(await walkCursors(997)).toEqual(all);
    expect(await walkLinks(450)).toEqual(all);
  });

  it("ends where the last page is full: with an empty page, no cursor, no link", async () => {
    const cities = `${demo.url}/countries/ISL/cities`;
    const all = (await get(`${cities}?size=1000`)).body as Page;
    const { length } = all;
    expect((await get(`${cities}?size=${length}`)).body).toEqual(all);
    expect((await get(`${cities}?page=2&size=${length}`)).body).toEqual([]);
    expect((await get(`${cities}?style=cursor&size=${length}`)).body).toEqual({ items: all });
    expect((await get(`${cities}?style=link&size=${length}`)).response.headers.get("link")).toBeNull();
  });

  it("is empty in every style where there are no cities", async () => {
    const empty = (query: string) => get(`${demo.url}/countries/BVT/cities${query}`);
    expect((await empty("")).body).toEqual([]);
    expect((await empty("?style=cursor")).body).toEqual({ items: [] });
    expect((await empty("?style=link")).response.headers.get("link")).toBeNull();
  });

  it.each([
    ["?page=0", 'Expected `page` to be an integer ≥ 1, got "0"'],
    ["?page=two", 'Expected `page` to be an integer ≥ 1, got "two"'],
    ["?page=1.5", 'Expected `page` to be an integer ≥ 1, got "1.5"'],
    ["?page=99999999999999999999", 'Expected `page` to be an integer ≥ 1, got "99999999999999999999"'],
    ["?size=0", 'Expected `size` to be an integer from 1 to 1000, got "0"'],
    ["?size=1001", 'Expected `size` to be an integer from 1 to 1000, got "1001"'],
    ["?size=", 'Expected `size` to be an integer from 1 to 1000, got ""'],
    ["?style=lnk", 'Expected `style` to be one of link, page, cursor, got "lnk"'],
    [
      "?style=cursor&cursor=MA",
      'Expected `cursor` to be the `next` of an earlier page of this list, got "MA"',
    ],
    ["?style=cursor&page=2", 'Expected `page` to be absent when `style` is cursor, got "2"'],
    ["?cursor=MA", 'Expected `cursor` to be absent when `style` is page, got "MA"'],
  ])("answers 400 to %s and says why", async (query, message) => {
    const { response, body } = await at(query);
    expect(response.status).toBe(400);
    expect(body).toMatchObject({ error: "bad-request", message });
  });

  it.each(["0", "-1", "1.0", "1000000"])(
    "refuses a cursor that was forged to start at %s",
    async (offset) => {
      const cursor = Buffer.from(`${offset} /countries/FRA/cities`).toString("base64url");
      expect((await at(`?style=cursor&cursor=${cursor}`)).response.status).toBe(400);
    },
  );

  it("refuses a cursor of another country's list", async () => {
    const { body } = await at("?style=cursor");
    const { next } = body as { next: string };
    const { response } = await get(`${demo.url}/countries/DEU/cities?style=cursor&cursor=${next}`);
    expect(response.status).toBe(400);
  });
});
