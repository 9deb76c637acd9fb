import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mayFetch, parseRobots } from "../../src/crawl/robots.ts";

const may = (text: string, path: string) =>
  mayFetch(parseRobots(text, "manifoldbot"), new URL(path, "https://a.example"));
const under = (...rules: readonly string[]) => `User-agent: *\n${rules.join("\n")}`;
const [YES, NO] = [true, false];

/** Text of any UTF-16 units, in pairs or not. */
const anyText = fc.array(fc.nat({ max: 0xffff })).map((units) => String.fromCharCode(...units));

describe("mayFetch", () => {
  it.each<[rules: readonly string[], path: string, allowed: boolean]>([
    [[], "/", YES],
    [["Disallow:"], "/", YES],
    [["Disallow: /"], "/", NO],
    [["Disallow: /"], "/a?b", NO],
    [["Disallow: /"], "/robots.txt", YES],
    [["Disallow: /a"], "/a", NO],
    [["Disallow: /a"], "/ab", NO],
    [["Disallow: /a"], "/A", YES],
    [["Disallow: /a"], "/b/a", YES],
    [["Disallow: /a/"], "/a", YES],
    [["Disallow: /a/"], "/a/b", NO],
    [["Disallow: /a", "Allow: /a/b"], "/a/b/c", YES],
    [["Allow: /a/b", "Disallow: /a"], "/a/c", NO],
    [["Disallow: /a/b", "Allow: /a"], "/a/b", NO],
    [["Allow: /a", "Disallow: /a"], "/a", YES],
    [["Disallow: /a", "Allow: /a"], "/a", YES],
    [["Disallow: /*.gif$"], "/x.gif", NO],
    [["Disallow: /*.gif$"], "/x.gif?y", YES],
    [["Disallow: /*.gif$"], "/x.gift", YES],
    [["Disallow: /*.gif"], "/x.gift", NO],
    [["Disallow: /a*b*c"], "/a1b2c3", NO],
    [["Disallow: /a*b*c"], "/acb", YES],
    [["Disallow: /a*"], "/a", NO],
    [["Disallow: *"], "/a", NO],
    [["Disallow: */b"], "/a/b", NO],
    [["Disallow: /a$"], "/a", NO],
    [["Disallow: /a$"], "/a/", YES],
    [["Disallow: /a$b"], "/a$b", YES],
    [["Disallow: /a*a$"], "/a", YES],
    [["Disallow: /a*a$"], "/aa", NO],
    [["Disallow: /**/b"], "/a/b", NO],
    [["Disallow: /a%2Ab"], "/a*b", NO],
    [["Disallow: /a%24"], "/a$", NO],
    [["Disallow: /a%24"], "/ab", YES],
    [["Disallow: /%7ejoe"], "/~joe", NO],
    [["Disallow: /~joe"], "/%7Ejoe", NO],
    [["Disallow: /a%2fb"], "/a%2Fb", NO],
    [["Disallow: /a%2fb"], "/a/b", YES],
    [["Disallow: /é"], "/%C3%A9", NO],
    [["Disallow: /%c3%a9"], "/é", NO],
    [["Disallow: /ツ"], "/%E3%83%84", NO],
    [["Disallow: /a b"], "/a%20b", NO],
    [["Disallow: /a?b"], "/a?b=1", NO],
    [["Disallow: /*?"], "/a?", YES],
    [["Disallow: /*?"], "/a?b", NO],
    [["Disallow: /a # why"], "/a", NO],
    [["# Disallow: /a"], "/a", YES],
    [["DISALLOW:/a"], "/a", NO],
    [["  disallow  :  /a  "], "/a", NO],
    [["Disallow /a"], "/a", YES],
    [["Dissallow: /a"], "/a", YES],
    [["Disallow: a"], "/a", YES],
    [["Noindex: /a"], "/a", YES],
    [["Disallow: /", "Allow: /$"], "/", YES],
    [["Disallow: /", "Allow: /$"], "/a", NO],
    [["Allow: /page", "Disallow: /*.htm"], "/page.htm", NO],
    [["Allow: /page", "Disallow: /*.ph"], "/page.php5", YES],
    [["Allow: /p", "Disallow: /"], "/page", YES],
    [["Allow: /folder", "Disallow: /folder"], "/folder/page", YES],
  ])("under %j, %s: %s", (rules, path, allowed) => {
    expect(may(under(...rules), path)).toBe(allowed);
    expect(may(under(...rules).replaceAll("\n", "\r\n"), path)).toBe(allowed);
    expect(may(`\uFEFF${under(...rules).replaceAll("\n", "\r")}`, path)).toBe(allowed);
  });

  it.each<[name: string, text: string, allowed: boolean]>([
    [
      "its own group before that for all",
      "User-agent: *\nDisallow: /\n\nUser-agent: manifoldbot\nAllow: /",
      YES,
    ],
    ["its own group alone", "User-agent: manifoldbot\nDisallow: /b\nUser-agent: *\nDisallow: /a", YES],
    ["its own group without a rule", "User-agent: *\nDisallow: /\nUser-agent: manifoldbot", YES],
    ["its own name in any case", "User-agent: ManifoldBOT\nDisallow: /a", NO],
    ["its own name with a version", "User-agent: manifoldbot/2.0\nDisallow: /a", NO],
    ["no name that begins like its own", "User-agent: manifoldbot-news\nDisallow: /a", YES],
    ["no name that its own begins with", "User-agent: manifold\nDisallow: /a", YES],
    ["nobody else's group", "User-agent: other\nDisallow: /a", YES],
    [
      "groups for the same as one",
      "User-agent: manifoldbot\nDisallow: /b\nUser-agent: manifoldbot\nDisallow: /a",
      NO,
    ],
    ["groups for all as one", "User-agent: *\nDisallow: /b\nUser-agent: *\nDisallow: /a", NO],
    ["a group for several", "User-agent: other\nUser-agent: manifoldbot\nDisallow: /a", NO],
    ["a group for it and all", "User-agent: manifoldbot\nUser-agent: *\nDisallow: /a", NO],
    ["a group through empty lines", "User-agent: manifoldbot\n\n\nDisallow: /a", NO],
    ["a group through what it does not know", "User-agent: manifoldbot\nFoo: bar\nDisallow: /a", NO],
    ["names through a sitemap", "User-agent: manifoldbot\nSitemap: /s\nUser-agent: other\nDisallow: /a", NO],
    ["names through a delay", "User-agent: manifoldbot\nCrawl-delay: 1\nUser-agent: other\nDisallow: /a", NO],
    ["no rule before a name", "Disallow: /a\nUser-agent: *\nDisallow: /b", YES],
    ["a star with something behind it", "User-agent: * # all\nDisallow: /a", NO],
    ["no member of every object", "User-agent: __proto__\nDisallow: /a", YES],
    ["an empty file", "", YES],
    ["what is no robots.txt", "<html><body>Disallow: /a</body></html>", YES],
    ["zero bytes within", "User-agent: *\n\0\0\nDisallow: /a", NO],
  ])("heeds %s", (_, text, allowed) => {
    expect(may(text, "/a")).toBe(allowed);
  });

  it("allows what no pattern is a prefix of, whatever the text is", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(typeof may(text, "/a")).toBe("boolean");
      }),
    );
  });

  it("reads the first 512 KiB of a file of 10 MB", () => {
    const filler = `User-agent: *\n${"#".repeat(500 * 1024)}\n`;
    expect(may(`${filler}Disallow: /a\n`, "/a")).toBe(false);
    expect(may(`${filler}${"#".repeat(10_000_000)}\nDisallow: /a\n`, "/a")).toBe(true);
  });

  it("matches a pattern of 500 stars", () => {
    expect(may(under(`Disallow: /${"a*".repeat(500)}b`), `/${"a".repeat(2_000)}`)).toBe(true);
    expect(may(under(`Disallow: /${"a*".repeat(500)}b`), `/${"a".repeat(2_000)}b`)).toBe(false);
  });
});

describe("parseRobots", () => {
  it.each<[text: string, delayMs: number | undefined]>([
    ["User-agent: *\nCrawl-delay: 5", 5_000],
    ["User-agent: *\nCrawl-delay: 0.5", 500],
    ["User-agent: *\nCrawl-delay: 86400", 30_000],
    ["User-agent: *\nCrawl-delay: soon", undefined],
    ["User-agent: *\nCrawl-delay: -1", undefined],
    ["User-agent: manifoldbot\nCrawl-delay: 2\nUser-agent: *\nCrawl-delay: 9", 2_000],
    ["User-agent: other\nCrawl-delay: 9\nUser-agent: manifoldbot\nCrawl-delay: 2", 2_000],
    ["User-agent: other\nCrawl-delay: 9", undefined],
  ])("reads in %j a delay of %s ms", (text, delayMs) => {
    expect(parseRobots(text, "manifoldbot").delayMs).toBe(delayMs);
  });
});
