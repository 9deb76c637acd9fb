import { describe, expect, it } from "vitest";
import { preferredWaitSeconds } from "../../src/http/prefer.ts";

describe("preferredWaitSeconds", () => {
  it.each([
    ["wait=10", 10],
    ["respond-async, wait=10", 10],
    ["WAIT = 7;foo=bar, return=minimal", 7],
    ["wait=600", 60],
    ["wait=0", 0],
    ["wait", undefined],
    ["wait=ten", undefined],
    ["wait=1.5", undefined],
    ["await=10", undefined],
    ["", undefined],
  ])("reads `%s`", (field, seconds) => {
    expect(preferredWaitSeconds(new Headers({ Prefer: field }))).toBe(seconds);
  });
});
