import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { repeatedNames } from "../../src/http/repeated-names.ts";

describe("repeatedNames", () => {
  it.each<[string, readonly string[]]>([
    ['{"a": 1, "a": 2, "a": 3}', ["a", "a"]],
    ['{"a": {"b": 1}, "b": [{"a": 1}, {"a": 2}]}', []],
    ['{"a": {"b": 1, "c": {"b": 2}, "b": 3}}', ["b"]],
    [String.raw`{"\"{": 1, "\"{" : 2}`, ['"{']],
    [String.raw`{"a": 1, "\u0061": 2}`, ["a"]],
    ['{"a": "a\\":", "b": "{", "a": "}"}', ["a"]],
    ['["a", "a"]', []],
  ])("of %s are %j", (text, names) => {
    expect(repeatedNames(text)).toEqual(names);
  });

  it("finds none in what was written from a value", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(repeatedNames(text)).toEqual([]);
      }),
    );
  });
});
