import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { childOf, formatTraceparent, parseTraceparent } from "../../src/http/trace-context.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

/** Bytes that count up from `first`. */
const countFrom = (first: number) => (bytes: number) =>
  Uint8Array.from({ length: bytes }, (_, index) => first + index);

describe("parseTraceparent", () => {
  it.each([
    ["sampled", `00-${TRACE}-${SPAN}-01`, 1],
    ["not sampled", `00-${TRACE}-${SPAN}-00`, 0],
    ["with a random trace id", `00-${TRACE}-${SPAN}-03`, 3],
    ["without the flags that nobody knows", `00-${TRACE}-${SPAN}-fd`, 1],
    ["of a version to come", `01-${TRACE}-${SPAN}-01`, 1],
    ["of a version to come with more to it", `cc-${TRACE}-${SPAN}-01-what-the-future-holds`, 1],
    ["of a version to come that ends with a dash", `fe-${TRACE}-${SPAN}-00-`, 0],
  ])("reads what is %s", (_, value, flags) => {
    expect(parseTraceparent(value)).toEqual({ traceId: TRACE, spanId: SPAN, flags });
  });

  it.each([
    ["nothing", null],
    ["an empty field", ""],
    ["version ff", `ff-${TRACE}-${SPAN}-01`],
    ["more than version 00 has", `00-${TRACE}-${SPAN}-01-`],
    ["a later version that goes on without a dash", `01-${TRACE}-${SPAN}-01x`],
    ["a trace id of zeros", `00-${"0".repeat(32)}-${SPAN}-01`],
    ["a span id of zeros", `00-${TRACE}-${"0".repeat(16)}-01`],
    ["upper case", `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ["a short trace id", `00-${TRACE.slice(1)}-${SPAN}-01`],
    ["a long span id", `00-${TRACE}-${SPAN}0-01`],
    ["what is not hexadecimal", `00-${TRACE}-${SPAN}-0g`],
    ["no flags", `00-${TRACE}-${SPAN}`],
    ["two fields in one", `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`],
    ["something before it", ` 00-${TRACE}-${SPAN}-01`],
    ["no version", `-${TRACE}-${SPAN}-01`],
  ])("does not take %s", (_, value) => {
    expect(parseTraceparent(value)).toBeUndefined();
  });

  it("reads what is written", () => {
    const id = (bytes: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${bytes * 2 - 1}}[1-9a-f]$`));
    fc.assert(
      fc.property(fc.record({ traceId: id(16), spanId: id(8), flags: fc.nat(3) }), (context) => {
        expect(parseTraceparent(formatTraceparent(context))).toEqual(context);
      }),
    );
  });
});

describe("childOf", () => {
  it("stays in the parent's trace, with its flags, as another span", () => {
    const parent = { traceId: TRACE, spanId: SPAN, flags: 1 };
    expect(childOf(parent, countFrom(9))).toEqual({ traceId: TRACE, spanId: "090a0b0c0d0e0f10", flags: 1 });
  });

  it("begins a trace that is not sampled where there is none", () => {
    expect(formatTraceparent(childOf(undefined, countFrom(1)))).toBe(
      "00-0102030405060708090a0b0c0d0e0f10-0102030405060708-02",
    );
  });

  it("never makes an id of zeros, which would be invalid", () => {
    const child = childOf(undefined, (bytes) => new Uint8Array(bytes));
    expect(parseTraceparent(formatTraceparent(child))).toEqual(child);
  });
});

describe("formatTraceparent", () => {
  it("answers a version to come in its own", () => {
    const parsed = parseTraceparent(`cc-${TRACE}-${SPAN}-09-more`);
    expect(parsed && formatTraceparent(parsed)).toBe(`00-${TRACE}-${SPAN}-01`);
  });
});
