import { describe, expect, it } from "vitest";
import { misspelt, nearest, suggest } from "../../src/http/nearest.ts";

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

describe("misspelt", () => {
  const known = ["AUTH", "ALLOWED_HOSTS", "STATE_DIR"];

  it.each([
    ["AUHT", "AUTH"],
    ["ALOWED_HOST", "ALLOWED_HOSTS"],
    ["STATEDIR", "STATE_DIR"],
    ["AUTH", undefined],
    ["PATH", undefined],
    // Its letters are those of AUTH.
    ["HUTA", undefined],
    ["ALLOW_HOSTING", undefined],
  ])("takes %s for %s", (name, meant) => {
    expect(misspelt([name], known)).toEqual(meant === undefined ? [] : [{ name, meant }]);
  });

  it("lets a name be that stands beside the one it is like", () => {
    expect(misspelt(["STATEDIR", "STATE_DIR"], known)).toEqual([]);
  });
});
