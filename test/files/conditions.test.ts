import { describe, expect, it } from "vitest";
import { allowsDelete, allowsRange, weighConditions } from "../../src/files/conditions.ts";

const version = { httpEtag: '"v2"', uploaded: new Date("2026-11-25T10:00:00.900Z") };
const BEFORE = "Wed, 25 Nov 2026 09:59:59 GMT";
const SAME = "Wed, 25 Nov 2026 10:00:00 GMT";

describe("weighConditions", () => {
  it.each([
    [{}, "go-on"],
    [{ "If-None-Match": '"v2"' }, "not-modified"],
    [{ "If-None-Match": 'W/"v2"' }, "not-modified"],
    [{ "If-None-Match": '"v1", "v2"' }, "not-modified"],
    [{ "If-None-Match": "*" }, "not-modified"],
    [{ "If-None-Match": '"v1"' }, "go-on"],
    [{ "If-Modified-Since": SAME }, "not-modified"],
    [{ "If-Modified-Since": BEFORE }, "go-on"],
    [{ "If-Modified-Since": "yesterday" }, "go-on"],
    // The tag decides where there is one.
    [{ "If-None-Match": '"v1"', "If-Modified-Since": SAME }, "go-on"],
    [{ "If-Match": '"v2"' }, "go-on"],
    [{ "If-Match": "*" }, "go-on"],
    [{ "If-Match": '"v1", "v2"' }, "go-on"],
    [{ "If-Match": '"v1"' }, "precondition-failed"],
    [{ "If-Match": 'W/"v2"' }, "precondition-failed"],
    [{ "If-Unmodified-Since": SAME }, "go-on"],
    [{ "If-Unmodified-Since": BEFORE }, "precondition-failed"],
    [{ "If-Unmodified-Since": "yesterday" }, "go-on"],
    [{ "If-Match": '"v2"', "If-Unmodified-Since": BEFORE }, "go-on"],
    [{ "If-Match": '"v1"', "If-None-Match": '"v2"' }, "precondition-failed"],
    [{ "If-Match": '"v2"', "If-None-Match": '"v2"' }, "not-modified"],
  ])("weighs %j", (fields, verdict) => {
    expect(weighConditions(new Headers(fields as Record<string, string>), version)).toBe(verdict);
  });
});

describe("allowsDelete", () => {
  it.each([
    [{}, true],
    [{ "If-Match": '"v1", "v2"' }, true],
    [{ "If-Match": '"v1"' }, false],
    [{ "If-Match": 'W/"v2"' }, false],
    [{ "If-Unmodified-Since": SAME }, true],
    [{ "If-Unmodified-Since": BEFORE }, false],
    [{ "If-None-Match": '"v1"' }, true],
    [{ "If-None-Match": '"v2"' }, false],
    [{ "If-None-Match": "*" }, false],
    // Of reading only (13.1.3).
    [{ "If-Modified-Since": SAME }, true],
  ])("weighs %j", (fields, allowed) => {
    expect(allowsDelete(new Headers(fields as Record<string, string>), version)).toBe(allowed);
  });
});

describe("allowsRange", () => {
  it.each([
    [null, true],
    ['"v2"', true],
    ['"v1"', false],
    ['W/"v2"', false],
    [SAME, false],
    ["*", false],
  ])("takes %s as %s", (field, allowed) => {
    expect(allowsRange(field, version)).toBe(allowed);
  });
});
