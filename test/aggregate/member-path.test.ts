import { describe, expect, it } from "vitest";
import { isWithin, toPath, toTree } from "../../src/aggregate/member-path.ts";

describe("toTree", () => {
  it("puts paths together that begin alike", () => {
    const tree = toTree(["b.x", "a", "b.y.z", "b.x"].map(toPath));
    expect([...tree.keys()]).toEqual(["b", "a"]);
    expect(tree.get("a")).toBeUndefined();
    expect(tree.get("b")).toEqual(
      new Map([
        ["x", undefined],
        ["y", new Map([["z", undefined]])],
      ]),
    );
  });

  it.each([[["a", "a.b"]], [["a.b", "a"]]])("ends where the shortest of %j ends", (paths) => {
    expect(toTree(paths.map(toPath))).toEqual(new Map([["a", undefined]]));
  });
});

describe("isWithin", () => {
  it.each([
    ["a", "a", true],
    ["a.b", "a", true],
    ["a", "a.b", false],
    ["ab", "a", false],
  ])("of %j and %j says %j", (path, other, expected) => {
    expect(isWithin(path, other)).toBe(expected);
  });
});
