import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePage } from "../../src/crawl/charset.ts";
import { readPage } from "../../src/crawl/links.ts";

const read = (html: string, options: Partial<Parameters<typeof readPage>[1]> = {}) =>
  readPage(html, { url: "https://a.example/dir/page?q", agent: "manifoldbot", maxLinks: 100, ...options });
const urls = (html: string, options = {}) => read(html, options).links.map(({ url }) => url);

/** Text of any UTF-16 units, in pairs or not. */
const anyText = fc.array(fc.nat({ max: 0xffff })).map((units) => String.fromCharCode(...units));

describe("readPage", () => {
  it.each<[html: string, links: readonly string[]]>([
    ["<a href=b>", ["https://a.example/dir/b"]],
    ["<A HREF='b'>", ["https://a.example/dir/b"]],
    ["<a href='/b'>", ["https://a.example/b"]],
    ["<a href='//b.example/c'>", ["https://b.example/c"]],
    ["<a href=''>", ["https://a.example/dir/page?q"]],
    ["<a href='#x'>", ["https://a.example/dir/page?q"]],
    ["<a href='?x'>", ["https://a.example/dir/page?x"]],
    ["<a href='..'>", ["https://a.example/"]],
    ["<a href=' \n b \t '>", ["https://a.example/dir/b"]],
    ["<a href='b#c'><a href='b#d'>", ["https://a.example/dir/b"]],
    ["<a href='?a=1&amp;b=2'>", ["https://a.example/dir/page?a=1&b=2"]],
    ["<a href='?a=1&b=2'>", ["https://a.example/dir/page?a=1&b=2"]],
    ["<a href='?a=1&copy=2'>", ["https://a.example/dir/page?a=1&copy=2"]],
    ["<a href='?a&copy;'>", ["https://a.example/dir/page?a%C2%A9"]],
    ["<a href='&#x62;&#99;'>", ["https://a.example/dir/bc"]],
    ["<a href='é'>", ["https://a.example/dir/%C3%A9"]],
    ["<a>", []],
    ["<a name=b>", []],
    ["<a href='mailto:b@a.example'>", []],
    ["<a href='javascript:x()'>", []],
    ["<a href='data:text/html,x'>", []],
    ["<a href='ftp://a.example/'>", []],
    ["<a href='http://['>", []],
    ["<!-- <a href=b> -->", []],
    ["<script>'<a href=b>'</script>", []],
    ["<style><a href=b></style>", []],
    ["<textarea><a href=b></textarea>", []],
    ["<title><a href=b></title>", []],
    ["<map><area href=b></map>", ["https://a.example/dir/b"]],
    ["<link rel=canonical href=b>", ["https://a.example/dir/b"]],
    ["<link rel='x NEXT' href=b>", ["https://a.example/dir/b"]],
    ["<link rel=alternate href=b>", ["https://a.example/dir/b"]],
    ["<link rel=stylesheet href=b>", []],
    ["<iframe src=b></iframe>", []],
    ["<img src=b>", []],
    ["<meta http-equiv=refresh content='0; url=b'>", ["https://a.example/dir/b"]],
    ["<meta http-equiv=Refresh content=\"5;URL='b'\">", ["https://a.example/dir/b"]],
    ["<meta http-equiv=refresh content='5'>", []],
    ["<base href='/x/'><a href=b>", ["https://a.example/x/b"]],
    ["<a href=b><base href='/x/'>", ["https://a.example/x/b"]],
    ["<base href='/x/'><base href='/y/'><a href=b>", ["https://a.example/x/b"]],
    ["<base target=_top><base href='x/'><a href=b>", ["https://a.example/dir/x/b"]],
    ["<base href='http://['><a href=b>", ["https://a.example/dir/b"]],
    ["<base href='data:,'><a href=b>", ["https://a.example/dir/b"]],
    ["<a href=b", []],
    ["<a href=b><a href=c><a href=b>", ["https://a.example/dir/b", "https://a.example/dir/c"]],
  ])("finds in %j: %j", (html, links) => {
    expect(urls(html)).toEqual(links);
  });

  it("marks a link that nobody vouches for", () => {
    expect(read("<a rel='x NoFollow' href=b>").links[0]?.noFollow).toBe(true);
    expect(read("<a rel=nofollow href=b><a href=b>").links).toEqual([
      { url: "https://a.example/dir/b", kind: "a" },
    ]);
  });

  it.each([
    ["<meta name=robots content=nofollow>", true],
    ["<meta name=ROBOTS content='noindex, NOFOLLOW'>", true],
    ["<meta name=robots content=none>", true],
    ["<meta name=ManifoldBot content=nofollow>", true],
    ["<meta name=otherbot content=nofollow>", false],
    ["<meta name=robots content='index, follow'>", false],
  ])("says of %j whether links may be followed: not %s", (html, noFollow) => {
    expect(read(html).noFollow).toBe(noFollow);
  });

  it.each([
    ["<title> a\n b &amp; c </title><title>d</title>", "a b & c"],
    ["<svg><title>x</title></svg><title>y</title>", "y"],
    ["<p>", undefined],
  ])("reads in %j the title %j", (html, title) => {
    expect(read(html).title).toBe(title);
  });

  it("keeps so many links of a million, and says that there are more", () => {
    const { links, hasMore } = read(Array.from({ length: 100_000 }, (_, n) => `<a href=${n}>`).join(""));
    expect([links.length, hasMore]).toEqual([100, true]);
  });

  it("reads whatever comes", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(read(`<a href="${text}">`).links.length).toBeLessThan(100);
      }),
    );
  });
});

describe("decodePage", () => {
  const latin = Uint8Array.of(0xe9);
  const bytes = (text: string) => new TextEncoder().encode(text);
  it.each<[name: string, bytes: Uint8Array, type: string, text: string]>([
    ["UTF-8 by default", bytes("é"), "text/html", "é"],
    ["invalid bytes", latin, "text/html", "\uFFFD"],
    ["the charset of the header", latin, "text/html; charset=ISO-8859-1", "é"],
    ["a quoted charset", latin, 'text/html; Charset="latin1"', "é"],
    ["a charset that nobody knows", bytes("é"), "text/html; charset=klingon", "é"],
    ["a mark before the header", bytes("\uFEFFé"), "text/html; charset=latin1", "é"],
    ["UTF-16 by its mark", Uint8Array.of(0xff, 0xfe, 0xe9, 0), "text/html", "é"],
    ["Shift_JIS", Uint8Array.of(0x83, 0x65), "text/html; charset=shift_jis", "テ"],
    ["x-user-defined without a fault", bytes("a"), "text/html; charset=x-user-defined", "a"],
    ["an encoding that browsers refuse", bytes("a"), "text/html; charset=iso-2022-kr", "a"],
  ])("reads %s", (_, page, type, text) => {
    expect(decodePage(page, type)).toBe(text);
  });

  it("finds a charset in the first 1,024 bytes, and not after them", () => {
    const page = (before: number) =>
      Uint8Array.of(...bytes(`${" ".repeat(before)}<meta charset=latin1>`), 0xe9);
    expect(decodePage(page(0), "text/html")).toMatch(/é$/);
    expect(decodePage(page(1_024), "text/html")).toMatch(/\uFFFD$/);
  });
});
