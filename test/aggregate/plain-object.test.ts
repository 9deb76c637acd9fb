import { describe, expect, it } from "vitest";
import { isPlainObject, ownMember } from "../../src/aggregate/plain-object.ts";

describe("isPlainObject", () => {
  it.each([{}, { a: 1 }, Object.create(null), JSON.parse('{"__proto__":[]}')])("finds %j plain", (value) => {
    expect(isPlainObject(value)).toBe(true);
  });

  it.each([null, undefined, 1, "a", [], new Date(0), new Map(), () => undefined, new URL("http://a")])(
    "finds %s not plain",
    (value) => {
      expect(isPlainObject(value)).toBe(false);
    },
  );
});

describe("ownMember", () => {
  it("gives what the object has, and nothing that it inherits", () => {
    expect(ownMember({ a: 1 }, "a")).toBe(1);
    expect(ownMember({}, "constructor")).toBeUndefined();
    expect(ownMember({}, "__proto__")).toBeUndefined();
  });
});
