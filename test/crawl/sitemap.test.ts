import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSitemap, SITEMAP_LIMITS } from "../../src/crawl/sitemap.ts";

const NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"';
const bytes = (text: string) => Uint8Array.from(new TextEncoder().encode(text));
const streamOf = (content: Uint8Array<ArrayBuffer>, size = 1_024) => {
  let at = 0;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (at >= content.length) return controller.close();
      controller.enqueue(content.slice(at, (at += size)));
    },
  });
};
const zip = async (content: Uint8Array<ArrayBuffer>) =>
  new Uint8Array(
    await new Response(streamOf(content, 1e6).pipeThrough(new CompressionStream("gzip"))).arrayBuffer(),
  );
const read = async (text: string, limits = SITEMAP_LIMITS as { entries: number; bytes: number }) =>
  await readSitemap(streamOf(bytes(text)), limits);
const urlset = (...urls: readonly string[]) =>
  `<urlset>${urls.map((url) => `<url><loc>${url}</loc></url>`).join("")}</urlset>`;

describe("readSitemap", () => {
  it.each<[text: string, lists: string, urls: readonly string[]]>([
    [`<urlset ${NAMESPACE}><url><loc>http://a/1</loc></url></urlset>`, "pages", ["http://a/1"]],
    [
      `\uFEFF<?xml version="1.0"?>\n${urlset("http://a/1", "http://a/2")}`,
      "pages",
      ["http://a/1", "http://a/2"],
    ],
    ["<urlset></urlset>", "pages", []],
    ["<urlset/>", "pages", []],
    [urlset(" \n http://a/1 \t"), "pages", ["http://a/1"]],
    [urlset("http://a/?a=1&amp;b=2&#38;c"), "pages", ["http://a/?a=1&b=2&c"]],
    [urlset("<![CDATA[http://a/?a&b]]>"), "pages", ["http://a/?a&b"]],
    [urlset("http://a/é"), "pages", ["http://a/é"]],
    [urlset(""), "pages", []],
    [urlset(`http://a/${"x".repeat(3_000)}`, "http://a/1"), "pages", ["http://a/1"]],
    [
      "<urlset><!-- <url><loc>http://a/0</loc></url> --><url><loc>http://a/1</loc></url></urlset>",
      "pages",
      ["http://a/1"],
    ],
    ["<urlset><url><lastmod>2026</lastmod><loc>http://a/1</loc></url></urlset>", "pages", ["http://a/1"]],
    ["<urlset><url><image:image><image:loc>http://a/i</image:loc></image:image></url></urlset>", "pages", []],
    ["<urlset><url><video><loc>http://a/v</loc></video></url></urlset>", "pages", []],
    ["<urlset><loc>http://a/1</loc></urlset>", "pages", []],
    ["<urlset><sitemap><loc>http://a/1</loc></sitemap></urlset>", "pages", []],
    [
      "<s:urlset><s:url><s:loc>http://a/1</s:loc><loc>http://a/2</loc></s:url></s:urlset>",
      "pages",
      ["http://a/1"],
    ],
    ["<sitemapindex><sitemap><loc>http://a/s</loc></sitemap></sitemapindex>", "sitemaps", ["http://a/s"]],
    ["<urlset><url><loc>http://a/1</loc></url><url><loc>http://a/2", "pages", ["http://a/1"]],
    ['<!DOCTYPE x [<!ENTITY e "http://evil/">]><urlset><url><loc>&e;</loc></url></urlset>', "pages", ["&e;"]],
  ])("reads %j", async (text, lists, urls) => {
    expect(await read(text)).toEqual({ lists, urls });
  });

  it.each([
    "",
    "no XML",
    "<rss><loc>http://a/</loc></rss>",
    "<html><urlset/></html>",
    "<constructor/>",
    "{}",
  ])("knows that %j is none", async (text) => {
    expect(await read(text)).toBeUndefined();
  });

  it("reads what is compressed, whatever it is called, and what comes before a break in it", async () => {
    const urls = Array.from({ length: 2_000 }, (_, index) => `http://a/${(index * 7_919) % 104_729}`);
    const zipped = await zip(bytes(urlset(...urls)));
    expect(await readSitemap(streamOf(zipped, 1))).toEqual({ lists: "pages", urls });
    const cut = await readSitemap(streamOf(zipped.slice(0, zipped.length / 2)));
    expect(cut?.urls).toEqual(urls.slice(0, cut?.urls.length));
    expect(await readSitemap(streamOf(Uint8Array.of(0x1f, 0x8b, 1, 2, 3)))).toBeUndefined();
  });

  it("reads no more entries, and no more bytes, than the protocol allows", async () => {
    const urls = Array.from({ length: 100 }, (_, index) => `http://a/${index}`);
    expect((await read(urlset(...urls), { entries: 10, bytes: 1e6 }))?.urls).toEqual(urls.slice(0, 10));
    const some = await read(urlset(...urls), { entries: 1e6, bytes: 1_000 });
    expect(some?.urls).toEqual(urls.slice(0, some?.urls.length));
    expect(some?.urls.length).toBeLessThan(40);
  });

  it("reads no more of long entries than an object can hold", async () => {
    const urls = Array.from({ length: 10_000 }, (_, index) => `http://a/${"x".repeat(1_000)}${index}`);
    expect((await read(urlset(...urls)))?.urls.length).toBeLessThan(8_000);
  });

  it("gives up a bomb at the limit", async () => {
    const spaces = new Uint8Array(16 * 1_024 * 1_024).fill(0x20);
    const large = await zip(spaces);
    expect(await readSitemap(streamOf(large), { entries: 10, bytes: 1_000_000 })).toBeUndefined();
  });

  it("reads no further where elements are nested deeper than in any sitemap", async () => {
    const deep = `<url>${"<a>".repeat(150_000)}${"</b>".repeat(150_000)}`;
    expect(await read(`<urlset><url><loc>http://a/1</loc></url>${deep}`)).toEqual({
      lists: "pages",
      urls: ["http://a/1"],
    });
  });

  it("passes on that its body broke", async () => {
    let pulls = 0;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        if ((pulls += 1) > 1) controller.error(new TypeError("connection lost"));
        else controller.enqueue(bytes("<urlset>"));
      },
    });
    await expect(readSitemap(body)).rejects.toMatchObject({
      name: "WorldFault",
      cause: { message: "connection lost" },
    });
  });

  it("reads the same however the bytes come", async () => {
    const content = bytes(urlset("http://a/é", "http://a/?a&amp;b"));
    const expected = await readSitemap(streamOf(content));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), async (size) => {
        expect(await readSitemap(streamOf(content, size))).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });
});
