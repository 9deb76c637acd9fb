import { describe, expect, it } from "vitest";
import { nearest, suggest } from "../../src/http/nearest.ts";

describe("nearest", () => {
  it.each([
    ["fact", ["facts", "stats"], "facts"],
    ["airprots", ["airports", "cities"], "airports"],
    ["weather", ["facts", "stats"], undefined],
    ["facts", [], undefined],
  ])("takes %j among %j for %j", (name, known, expected) => {
    expect(nearest(name, known)).toBe(expected);
  });
});

describe("suggest", () => {
  it.each([
    ["fact", ["facts"], "did you mean `facts`?"],
    ["weather", ["facts", "stats"], "known: `facts`, `stats`"],
    ["facts", [], "there is none"],
  ])("ends a message about %j among %j with %j", (name, known, ending) => {
    expect(suggest(name, known)).toBe(ending);
  });
});
