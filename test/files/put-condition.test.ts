import { describe, expect, it } from "vitest";
import { holds, readPutCondition } from "../../src/files/put-condition.ts";

const read = (fields: Record<string, string>) => readPutCondition(new Headers(fields));

describe("readPutCondition", () => {
  it("reads what a bucket understands", () => {
    expect(read({})).toEqual({});
    expect(read({ "If-None-Match": "*" })).toEqual({ etagDoesNotMatch: "*" });
    expect(read({ "If-Match": '"v1"' })).toEqual({ etagMatches: "v1" });
    // A date does not count beside a tag (RFC 9110, 13.1.4).
    expect(read({ "If-Match": '"v1"', "If-Unmodified-Since": "then" })).toEqual({ etagMatches: "v1" });
  });

  it.each([
    { "If-None-Match": '"v1"' },
    { "If-Match": "*" },
    { "If-Match": 'W/"v1"' },
    { "If-Match": '"v1", "v2"' },
    { "If-Unmodified-Since": "Wed, 25 Nov 2026 10:00:00 GMT" },
  ])("refuses %j", (fields) => {
    expect(() => read(fields as Record<string, string>)).toThrow(/expected/);
  });
});

describe("holds", () => {
  const file = { key: "a", size: 1, etag: "v1", httpEtag: '"v1"', uploaded: new Date(0) };

  it.each([
    [{}, file, true],
    [{}, null, true],
    [{ etagDoesNotMatch: "*" }, file, false],
    [{ etagDoesNotMatch: "*" }, null, true],
    [{ etagMatches: "v1" }, file, true],
    [{ etagMatches: "v2" }, file, false],
    [{ etagMatches: "v1" }, null, false],
  ])("judges %j", (condition, there, verdict) => {
    expect(holds(condition, there)).toBe(verdict);
  });
});
