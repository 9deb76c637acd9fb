import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePage } from "../../src/crawl/charset.ts";
import { readPage } from "../../src/crawl/links.ts";

const read = (html: string, options: Partial<Parameters<typeof readPage>[1]> = {}) =>
  readPage(html, {
    url: "https://a.example/dir/page?q",
    agent: "manifoldbot",
    maxLinks: 100,
    encoding: "UTF-8",
    ...options,
  });
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
    ["<link rel='alternate stylesheet' href=b>", []],
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

  // As browsers do (URL Standard, 4.4, "query state"), and servers that know one encoding only expect.
  it.each([
    ["Shift_JIS", "?q=テ&r", "?q=%83e&r"],
    ["windows-1251", "?ж", "?%E6"],
    ["windows-1252", "é?é", "%C3%A9?%E9"],
    ["windows-1252", "?テ", "?%26%2312486%3B"],
    ["windows-1252", "?a'b\"c<d>%41\n é", "?a%27b%22c%3Cd%3E%41%20%E9"],
    ["windows-1252", "?a b#é", "?a%20b"],
    ["gb18030", "?💩", "?%949%DA3"],
    ["UTF-16LE", "?é", "?%C3%A9"],
    ["replacement", "?é", "?%C3%A9"],
    ["UTF-8", "?é", "?%C3%A9"],
  ])("writes queries in the encoding of their page, %s: %s", (encoding, href, path) => {
    const html = `<a href="${href.replaceAll('"', "&quot;")}">`;
    expect(urls(html, { url: "https://a.example/", encoding })).toEqual([`https://a.example/${path}`]);
  });

  it.each([
    ["nofollow", true],
    ["NOFOLLOW", true],
    ["noopener nofollow ugc", true],
    ["\n nofollow\t", true],
    ["nofollow,ugc", false],
    ["nofollows", false],
    ["follow", false],
    ["", false],
  ])("takes rel=%j for not vouched for: %s", (rel, isNoFollow) => {
    expect(read(`<a rel="${rel}" href=b>`).links[0]?.noFollow ?? false).toBe(isNoFollow);
    expect(read(`<area rel="${rel}" href=b>`).links[0]?.noFollow ?? false).toBe(isNoFollow);
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
    ["<meta name=' robots ' content=nofollow>", true],
    ["<meta name=robots content=' , nofollow,'>", true],
    ["<meta name=robots content='noindex nofollow'>", true],
    ["<meta name=robots content='nofollowing'>", false],
    ["<meta name=robots content='none-such'>", false],
    ["<meta name=robots content>", false],
    ["<meta name=robots>", false],
    ["<meta content=nofollow>", false],
    ["<meta property=robots content=nofollow>", false],
    ["<meta name=robots content=follow><meta name=manifoldbot content=nofollow>", true],
    ["<meta name=otherbot content=nofollow><meta name=robots content=all>", false],
    ["<p>late</p><meta name=robots content=nofollow>", true],
    ["<!-- <meta name=robots content=nofollow> -->", false],
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

  it("cuts a long title between characters, so that it is text still", () => {
    const { title } = read(`<title>${"x".repeat(299)}💩💩</title>`);
    expect(title).toBe("x".repeat(299));
  });

  it("keeps so many links of a million, and says that there are more", () => {
    const { links, hasMore } = read(Array.from({ length: 100_000 }, (_, n) => `<a href=${n}>`).join(""));
    expect([links.length, hasMore]).toEqual([100, true]);
  });

  it("keeps no more of long links than an object can hold of many pages, and says that there are more", () => {
    const base = `<base href="https://a.example/${"x".repeat(2_000)}/">`;
    const html = base + Array.from({ length: 4_000 }, (_, n) => `<a href=${n}>`).join("");
    const { links, hasMore } = read(html, { maxLinks: 5_000 });
    expect(hasMore).toBe(true);
    expect(links.reduce((sum, { url }) => sum + url.length, 0)).toBeLessThan(1_010_000);
    expect(links.length).toBeGreaterThan(400);
  });

  it("counts each link of a table of contents once, however many places of a page it leads to", () => {
    const html = Array.from({ length: 1_000 }, (_, n) => `<a href="${n % 100}.html#${n}">`).join("");
    const { links, hasMore } = read(html);
    expect([links.length, hasMore]).toEqual([100, false]);
    expect(read(`${html}<a href=more>`).hasMore).toBe(true);
  });

  it.each([
    ["a refresh in a very long time", `<meta http-equiv=refresh content="${"1".repeat(200_000)}"><a href=b>`],
    ["a gap in a link", `<a href="${" ".repeat(400_000)}x${" ".repeat(400_000)}"><a href=b>`],
    ["a gap in a base", `<base href="${`${" ".repeat(400_000)}x`.repeat(2)}"><a href=b>`],
    ["ends of what never began", `<a href=b>${"<b>".repeat(150_000)}${"</i>".repeat(150_000)}`],
  ])("takes no longer for %s than its length calls for", (_, html) => {
    expect(urls(html).at(-1)).toMatch(/b$/);
  });

  it("reads no further where elements are nested deeper than in any page", () => {
    const nested = (depth: number) => `${"<b>".repeat(depth)}<a href=b>${" ".repeat(100_000)}<a href=c>`;
    expect(read(nested(500))).toMatchObject({ hasMore: false, links: [{}, {}] });
    expect(read(nested(2_000))).toMatchObject({ hasMore: true, links: [{}] });
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
    ["UTF-16 the other way round by its mark", Uint8Array.of(0xfe, 0xff, 0, 0xe9), "text/html", "é"],
    ["UTF-16 by the header", Uint8Array.of(0xe9, 0), "text/html; charset=utf-16le", "é"],
    [
      "UTF-16 that a meta claims as UTF-8",
      bytes("<meta charset=utf-16le>é"),
      "text/html",
      "<meta charset=utf-16le>é",
    ],
    ["half a pair of UTF-16", Uint8Array.of(0xff, 0xfe, 0x3d, 0xd8), "text/html", "\uFFFD"],
    ["an odd byte of UTF-16", Uint8Array.of(0xff, 0xfe, 0xe9, 0, 0x61), "text/html", "é\uFFFD"],
    [
      "UTF-32, which nobody reads, without a fault",
      Uint8Array.of(0xff, 0xfe, 0, 0, 0x61, 0, 0, 0),
      "text/html",
      "\0a\0",
    ],
    ["a mark alone", Uint8Array.of(0xef, 0xbb, 0xbf), "text/html", ""],
    ["nothing", Uint8Array.of(), "text/html; charset=shift_jis", ""],
    ["latin1 as browsers do, which is windows-1252", Uint8Array.of(0x80), "text/html; charset=latin1", "€"],
    ["ASCII as windows-1252", Uint8Array.of(0x80), "text/html; charset=us-ascii", "€"],
    ["windows-1251", Uint8Array.of(0xe6), "text/html; charset=windows-1251", "ж"],
    ["KOI8-R", Uint8Array.of(0xd6), "text/html; charset=koi8-r", "ж"],
    ["GB 2312 as GBK", Uint8Array.of(0xd6, 0xd0), "text/html; charset=gb2312", "中"],
    ["GB 18030 with four bytes", Uint8Array.of(0x94, 0x39, 0xda, 0x33), "text/html; charset=gb18030", "💩"],
    ["Big5", Uint8Array.of(0xa4, 0xa4), "text/html; charset=big5", "中"],
    ["EUC-JP", Uint8Array.of(0xc3, 0xe6), "text/html; charset=euc-jp", "中"],
    ["EUC-KR", Uint8Array.of(0xc7, 0xd1), "text/html; charset=euc-kr", "한"],
    ["ISO-2022-JP", Uint8Array.of(0x1b, 0x24, 0x42, 0x43, 0x66), "text/html; charset=iso-2022-jp", "中"],
    ["a cut sequence of Shift_JIS", Uint8Array.of(0x61, 0x83), "text/html; charset=shift_jis", "a\uFFFD"],
    ["a cut sequence of UTF-8", Uint8Array.of(0x61, 0xe2, 0x82), "text/html", "a\uFFFD"],
    ["an overlong sequence of UTF-8", Uint8Array.of(0xc0, 0xaf), "text/html", "\uFFFD\uFFFD"],
    ["a surrogate in UTF-8", Uint8Array.of(0xed, 0xa0, 0x80), "text/html", "\uFFFD\uFFFD\uFFFD"],
    ["a label in odd case with spaces", latin, "text/html ;  CHARSET = Latin1 ", "é"],
    ["a charset among other parameters", latin, "text/html; a=b; charset=latin1; c=d", "é"],
    ["an empty charset", bytes("é"), "text/html; charset=", "é"],
    ["UTF-7, which is no encoding any more", bytes("+AOk-"), "text/html; charset=utf-7", "+AOk-"],
    [
      "a header before a meta",
      Uint8Array.of(...bytes("<meta charset=koi8-r>"), 0xe9),
      "text/html; charset=latin1",
      "<meta charset=koi8-r>é",
    ],
    [
      "an http-equiv",
      Uint8Array.of(...bytes("<meta http-equiv=content-type content='text/html; charset=latin1'>"), 0xe9),
      "text/html",
      "<meta http-equiv=content-type content='text/html; charset=latin1'>é",
    ],
    [
      "no meta of a comment",
      Uint8Array.of(...bytes("<!--<meta charset=latin1>-->"), 0xe9),
      "text/html",
      "<!--<meta charset=latin1>-->\uFFFD",
    ],
    ["an encoding that browsers refuse", bytes("a"), "text/html; charset=iso-2022-kr", "a"],
  ])("reads %s", (_, page, type, text) => {
    expect(decodePage(page, type).text).toBe(text);
  });

  it("decodes whatever comes, under every name", () => {
    const label = fc.constantFrom(
      ..."utf-8 utf-16le utf-16be latin1 shift_jis gb18030 big5 euc-kr iso-2022-jp x".split(" "),
    );
    fc.assert(
      fc.property(fc.uint8Array(), label, (page, name) => {
        expect(decodePage(page, `text/html; charset=${name}`).text.length).toBeLessThanOrEqual(
          page.length * 2,
        );
      }),
    );
  });

  it("finds a charset in the first 1,024 bytes, and not after them", () => {
    const page = (before: number) =>
      Uint8Array.of(...bytes(`${" ".repeat(before)}<meta charset=latin1>`), 0xe9);
    expect(decodePage(page(0), "text/html").text).toMatch(/é$/);
    expect(decodePage(page(1_024), "text/html").text).toMatch(/\uFFFD$/);
  });
});
