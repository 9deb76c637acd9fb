import { parse } from "content-disposition";
import { describe, expect, it } from "vitest";
import { contentDisposition } from "../../src/files/disposition.ts";

describe("contentDisposition", () => {
  it.each([
    ["a/plain.txt", "attachment", "attachment; filename=plain.txt"],
    ["plain.txt", "inline", "inline; filename=plain.txt"],
    ['say "hi".txt', "attachment", String.raw`attachment; filename="say \"hi\".txt"`],
  ] as const)("names %s", (key, type, field) => {
    expect(contentDisposition(key, type)).toBe(field);
  });

  it.each(["größe.txt", "日本.txt", "a;b=c.txt", "50% off.txt", "%41.txt", "é'*.txt"])(
    "keeps the name %s",
    (key) => {
      const field = contentDisposition(key, "attachment");
      expect(field).toMatch(/^[\x20-\x7e]+$/);
      expect(parse(field).parameters["filename"]).toBe(key);
    },
  );
});
