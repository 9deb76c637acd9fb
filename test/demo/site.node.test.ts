import { describe, expect, it } from "vitest";
import { siteReply } from "../../demo/site.ts";

const linksOf = (path: string) =>
  [...siteReply(path).body.matchAll(/href="([^"]+)"/g)].map(([, href = ""]) => href);

describe("siteReply", () => {
  it("links every page with others that are there, but for the drafts that robots are to leave alone", () => {
    const seen = new Set(["/atlas/"]);
    for (const path of seen) for (const link of linksOf(path)) if (!link.includes("drafts")) seen.add(link);
    expect([...seen].filter((path) => siteReply(path).status !== 200)).toEqual([]);
    expect(seen.size).toBeGreaterThan(200);
    expect(siteReply("/robots.txt").body).toContain("Disallow: /atlas/drafts/");
  });

  it.each(["/atlas/nowhere", "/atlas/countries/XXX", "/atlas/regions/mars"])("answers 404 to %s", (path) => {
    expect(siteReply(path).status).toBe(404);
  });
});
