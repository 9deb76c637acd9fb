import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvLine } from "../../src/crawl/csv.ts";

/** Reads CSV as RFC 4180, 2 has it. */
function read(text: string): string[][] {
  const lines: string[][] = [];
  let [line, field, isQuoted]: [string[], string, boolean] = [[], "", false];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (isQuoted && character === '"' && text[at + 1] === '"') field += text[(at += 1)] ?? "";
    else if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (character === "," || text.startsWith("\r\n", at))) {
      line.push(field);
      field = "";
      if (character === ",") continue;
      lines.push(line);
      line = [];
      at += 1;
    } else field += character;
  }
  return lines;
}

describe("csvLine", () => {
  it.each<[value: string | number | undefined, field: string]>([
    ["a", "a"],
    [undefined, ""],
    [0, "0"],
    [-1.5, "-1.5"],
    ["a,b", '"a,b"'],
    ['a "b"', '"a ""b"""'],
    ["a\nb", '"a\nb"'],
    ["=1+1", "'=1+1"],
    ['=HYPERLINK("x","y")', '"\'=HYPERLINK(""x"",""y"")"'],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\tx", "'\tx"],
    ["\rx", '"\'\rx"'],
    ["＝1", "'＝1"],
    ["a=1", "a=1"],
  ])("writes %j as %j", (value, field) => {
    expect(csvLine([value, "z"])).toBe(`${field},z\r\n`);
  });

  it("is read as what it was, whatever it was", () => {
    const value = fc
      .string({ unit: fc.constantFrom("a", '"', ",", "\r", "\n", "é") })
      .map((text) => `x${text}`);
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (values) => {
        expect(read(csvLine(values) + csvLine(values))).toEqual([values, values]);
      }),
    );
  });
});
