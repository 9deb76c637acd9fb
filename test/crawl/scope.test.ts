import { describe, expect, it } from "vitest";
import { createScope, type ScopeRule } from "../../src/crawl/scope.ts";

const START = "https://docs.example.co.uk/guide/intro.html";
const inside = (rule: ScopeRule, url: string, start = START) =>
  createScope(rule, [new URL(start)])(new URL(url));
const [YES, NO] = [true, false];

describe("createScope", () => {
  it.each<[rule: ScopeRule, url: string, inside: boolean, start?: string]>([
    ["host", "https://docs.example.co.uk/", YES],
    ["host", "http://docs.example.co.uk/", YES],
    ["host", "https://DOCS.example.co.uk:443/", YES],
    ["host", "https://docs.example.co.uk:8443/", NO],
    ["host", "https://www.example.co.uk/", NO],
    ["host", "https://docs.example.co.uk.evil.example/", NO],
    ["domain", "https://www.example.co.uk/", YES],
    ["domain", "https://example.co.uk/", YES],
    ["domain", "https://a.b.example.co.uk/", YES],
    ["domain", "https://other.co.uk/", NO],
    ["domain", "https://notexample.co.uk/", NO],
    ["domain", "https://b.github.io/", NO, "https://a.github.io/"],
    ["domain", "https://x.a.github.io/", YES, "https://a.github.io/"],
    ["domain", "http://127.0.0.1:81/", NO, "http://127.0.0.1:80/"],
    ["domain", "http://localhost:3000/x", YES, "http://localhost:3000/"],
    ["prefix", "https://docs.example.co.uk/guide/", YES],
    ["prefix", "https://docs.example.co.uk/guide/a/b?c", YES],
    ["prefix", "https://docs.example.co.uk/guide", NO],
    ["prefix", "https://docs.example.co.uk/guides/", NO],
    ["prefix", "https://docs.example.co.uk/guide/../x", NO],
    ["prefix", "http://docs.example.co.uk/guide/", NO],
    [{}, "https://anywhere.example/", YES],
    [{ allow: [] }, "https://anywhere.example/", NO],
    [{ allow: ["https://a.example/"] }, "https://a.example/b", YES],
    [{ allow: ["https://a.example/$"] }, "https://a.example/b", NO],
    [{ allow: ["https://a.example/*.html$"] }, "https://a.example/b/c.html", YES],
    [{ allow: ["https://a.example/"], deny: ["*/b"] }, "https://a.example/b", NO],
    [{ deny: ["*?"] }, "https://a.example/b?c", NO],
    [{ deny: ["*?"] }, "https://a.example/b", YES],
  ])("%j: %s is inside: %s", (rule, url, isInside, start) => {
    expect(inside(rule, url, start)).toBe(isInside);
  });
});
