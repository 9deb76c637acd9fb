import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextLink } from "../../src/http/link-header.ts";

const BASE = "https://api.example/v1/list?page=1";
const NEXT = "https://api.example/v1/list?page=2";

describe("nextLink", () => {
  it.each([
    `<${NEXT}>; rel="next"`,
    `<${NEXT}>; rel=next`,
    `<${NEXT}>;rel=next`,
    `<${NEXT}>; rel="NEXT"`,
    `<${NEXT}>; REL="Next"`,
    `<${NEXT}>; rel="next prefetch"`,
    `<${NEXT}>; rel="prefetch  next"`,
    `<${NEXT}>; rel="prefetch\tnext"`,
    `<${NEXT}>; title="a, b; rel=\\"prev\\""; rel="next"`,
    `<${NEXT}>; rel="next"; rel="prev"`,
    `<?page=2>; rel="next"`,
    `</v1/list?page=2>; rel="next"`,
    `<//api.example/v1/list?page=2>; rel="next"`,
    `<?page=1>; rel="first", <?page=2>; rel="next", <?page=9>; rel="last"`,
    `<?page=1>; rel="prev" , <?page=2>; rel="next"`,
    `<?page=1>; crossorigin, <?page=2>; rel="next"`,
    `<?page=2>; rel="next", <?page=3>; rel="next"`,
    `<?page=3>; rel="next"; anchor="#other", <?page=2>; rel="next"`,
    `<?page=3>; rel="next"; anchor="", <?page=2>; rel="next"`,
    `garbage, <?page=2>; rel="next"`,
    `<?page=0>garbage; rel="next", <?page=2>; rel="next"`,
    `<http://[>; rel="next", <?page=2>; rel="next"`,
    `<javascript:alert(1)>; rel="next", <?page=2>; rel="next"`,
    `<?page=1>; title*=UTF-8'; rel="prev", <?page=2>; rel="next"`,
    `, ,<?page=2>; rel="next",`,
    `<?page=2>; rel="next", "`,
    `<?page=2>; rel="next", <`,
    `<garbage, <?page=2>; rel="next"`,
  ])("finds it in %s", (header) => {
    expect(nextLink(header, BASE)).toBe(NEXT);
  });

  it.each([
    null,
    "",
    `<${NEXT}>`,
    `<${NEXT}>; rel="prev"`,
    `<${NEXT}>; rel="nextish"`,
    `<${NEXT}>; rel="prev"; rel="next"`,
    `<${NEXT}>; rev="next"`,
    `<${NEXT}>; title="rel=next"`,
    `<${NEXT}>; rel="next"; anchor="https://elsewhere.example"`,
    `${NEXT}; rel="next"`,
    `<${NEXT}; rel="next"`,
    `<http://[>; rel="next"`,
    `<mailto:a@example>; rel="next"`,
  ])("does not find any in %s", (header) => {
    expect(nextLink(header, BASE)).toBeUndefined();
  });

  it("keeps a comma that is part of the reference", () => {
    expect(nextLink('<?codes=a,b&page=2>; rel="next"', BASE)).toBe(
      "https://api.example/v1/list?codes=a,b&page=2",
    );
  });

  it("does not read what is longer than any honest list of links", () => {
    const link = '<?page=2>; rel="next"';
    expect(nextLink(`${link}${" ".repeat(8_192 - link.length)}`, BASE)).toBe(NEXT);
    expect(nextLink(`${link}${" ".repeat(8_193 - link.length)}`, BASE)).toBeUndefined();
  });

  it("does not read a link with more parameters than any honest one", () => {
    const link = (parameters: number) => `<?page=2>${"; x=1".repeat(parameters - 1)}; rel="next"`;
    expect(nextLink(link(32), BASE)).toBe(NEXT);
    expect(nextLink(link(33), BASE)).toBeUndefined();
    expect(nextLink(`${link(33)}, ${link(1)}`, BASE)).toBe(NEXT);
  });

  it("does not find one without a base where it needs one", () => {
    expect(nextLink('<?page=2>; rel="next"', "not a URL")).toBeUndefined();
    expect(nextLink(`<${NEXT}>; rel="next"`, "not a URL")).toBeUndefined();
  });

  it("answers with a URL or nothing, and does not throw, whatever it is given", () => {
    const piece = fc.constantFrom(
      "<",
      ">",
      '"',
      "\\",
      ",",
      ";",
      "=",
      " ",
      "*",
      "'",
      "rel",
      "next",
      "?page=2",
      "anchor",
    );
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join("")),
        (header) => {
          const found = nextLink(header, BASE);
          expect(found === undefined || URL.canParse(found)).toBe(true);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
