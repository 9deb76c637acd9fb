import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mayFetch, parseRobots, sitemapsIn } from "../../src/crawl/robots.ts";
import { FILE_CASES, RULE_CASES } from "./robots-cases.ts";

const may = (text: string, path: string) =>
  mayFetch(parseRobots(text, "manifoldbot"), new URL(path, "https://a.example"));
const under = (...rules: readonly string[]) => `User-agent: *\n${rules.join("\n")}`;

/** Text of any UTF-16 units, in pairs or not. */
const anyText = fc.array(fc.nat({ max: 0xffff })).map((units) => String.fromCharCode(...units));

describe("mayFetch", () => {
  it.each(RULE_CASES)("under %j, %s: %s", (rules, path, allowed) => {
    expect(may(under(...rules), path)).toBe(allowed);
    expect(may(under(...rules).replaceAll("\n", "\r\n"), path)).toBe(allowed);
    expect(may(`\uFEFF${under(...rules).replaceAll("\n", "\r")}`, path)).toBe(allowed);
  });

  it.each(FILE_CASES)("heeds %s", (_, text, allowed) => {
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

  it("heeds no rule that the end of what is read cuts off", () => {
    const upTo = (rule: string) => `User-agent: *\n${rule}`.padStart(512 * 1024, "#\n");
    expect(may(`${upTo("Disallow: /")}long`, "/a")).toBe(true);
    expect(may(`${upTo("Disallow: /a")}\nDisallow: /b`, "/a")).toBe(false);
    expect(may(upTo("Disallow: /a"), "/a")).toBe(false);
    expect(sitemapsIn(`${upTo("Sitemap: /s\nSitemap: /")}long.xml`)).toEqual(["/s"]);
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
