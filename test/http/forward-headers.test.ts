import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkForward, forwardHeaders } from "../../src/http/forward-headers.ts";
import { tokenOf } from "../support/tokens.ts";

const HOP_BY_HOP = [
  "Connection",
  "Keep-Alive",
  "Proxy-Authenticate",
  "Proxy-Authorization",
  "Proxy-Connection",
  "TE",
  "Trailer",
  "Transfer-Encoding",
  "Upgrade",
];
const NEVER = [...HOP_BY_HOP, "Host", "Content-Length"];

describe("forwardHeaders", () => {
  it("sends nothing on that is not allowed", () => {
    const incoming = new Headers({ Authorization: "Bearer x", Cookie: "a=b", "Accept-Language": "fr" });
    expect(forwardHeaders(incoming, { allow: [] })).toEqual({});
    expect(forwardHeaders(incoming, { allow: ["accept-LANGUAGE", "X-Absent"] })).toEqual({
      "accept-language": "fr",
    });
    expect(forwardHeaders(incoming, { allow: ["Authorization"] })).toEqual({ authorization: "Bearer x" });
  });

  it.each(NEVER)("never sends %s on, allowed or not", (name) => {
    const incoming = new Headers({ [name]: "x", "X-Ok": "1" });
    expect(forwardHeaders(incoming, { allow: [name, name.toLowerCase(), "X-Ok"] })).toEqual({ "x-ok": "1" });
  });

  it("does not send on what `Connection` names", () => {
    const incoming = new Headers({
      Connection: "close, X-Secret ,,x-other",
      "X-Secret": "1",
      "X-Other": "2",
      "X-Ok": "3",
    });
    expect(forwardHeaders(incoming, { allow: ["X-Secret", "X-Other", "X-Ok"] })).toEqual({ "x-ok": "3" });
  });

  it.each([
    ["starts with the caller", "6.6.6.6", [], "10.0.0.1", "10.0.0.1"],
    [
      "goes on after what is allowed",
      "6.6.6.6, 7.7.7.7",
      ["X-Forwarded-For"],
      "10.0.0.1",
      "6.6.6.6, 7.7.7.7, 10.0.0.1",
    ],
    [
      "starts with the caller where there is none yet",
      undefined,
      ["X-Forwarded-For"],
      "10.0.0.1",
      "10.0.0.1",
    ],
    ["starts with the caller where it is empty", "", ["X-Forwarded-For"], "10.0.0.1", "10.0.0.1"],
    ["is what is allowed where the caller is unknown", "6.6.6.6", ["x-forwarded-for"], undefined, "6.6.6.6"],
    ["is not sent where nothing is known", "6.6.6.6", [], undefined, undefined],
    ["starts anew where it is too long", "6".repeat(8_193), ["X-Forwarded-For"], "10.0.0.1", "10.0.0.1"],
  ])("has an `X-Forwarded-For` that %s", (_, given, allow, clientAddress, expected) => {
    const incoming = new Headers(given === undefined ? {} : { "X-Forwarded-For": given });
    expect(forwardHeaders(incoming, { allow, clientAddress })).toEqual(
      expected === undefined ? {} : { "x-forwarded-for": expected },
    );
  });

  it("names the caller even if `Connection` says not to", () => {
    const incoming = new Headers({ Connection: "X-Forwarded-For", "X-Forwarded-For": "6.6.6.6" });
    expect(forwardHeaders(incoming, { allow: ["X-Forwarded-For"], clientAddress: "10.0.0.1" })).toEqual({
      "x-forwarded-for": "10.0.0.1",
    });
  });

  it("keeps a token of ours, whatever the field", () => {
    const ours = `Bearer ${tokenOf(1)}`;
    const incoming = new Headers({ Authorization: ours, "X-Key": tokenOf(2), Cookie: "mf_1=a" });
    expect(forwardHeaders(incoming, { allow: ["Authorization", "X-Key", "Cookie"] })).toEqual({
      cookie: "mf_1=a",
    });
  });

  it("leaves out a field that is too large, whole", () => {
    const incoming = new Headers({ "X-Large": "a".repeat(8_193), "X-Just": "b".repeat(8_192) });
    expect(Object.keys(forwardHeaders(incoming, { allow: ["X-Large", "X-Just"] }))).toEqual(["x-just"]);
  });

  it("sends on no more than 16 KiB, and of what is allowed the first that fit", () => {
    const incoming = new Headers({
      A: "a".repeat(8_000),
      B: "b".repeat(8_000),
      C: "c".repeat(8_000),
      D: "d",
    });
    const kept = forwardHeaders(incoming, { allow: ["C", "A", "B", "D"], clientAddress: "10.0.0.1" });
    expect(Object.keys(kept)).toEqual(["x-forwarded-for", "c", "a", "d"]);
    // Each field takes its name, its value and four bytes more.
    const full = { allow: ["A", "B"], clientAddress: "1".repeat(16_384 - 19 - 8_005 - 8_005) };
    expect(Object.keys(forwardHeaders(incoming, full))).toEqual(["x-forwarded-for", "a", "b"]);
    const over = { ...full, clientAddress: `${full.clientAddress}1` };
    expect(Object.keys(forwardHeaders(incoming, over))).toEqual(["x-forwarded-for", "a"]);
  });

  it("sends a field on once, with all its values, however often it is allowed", () => {
    const incoming = new Headers([
      ["X-List", "1"],
      ["X-List", "2"],
    ]);
    expect(forwardHeaders(incoming, { allow: ["X-List", "x-list"] })).toEqual({ "x-list": "1, 2" });
  });

  it("passes over names that no field can have", () => {
    expect(forwardHeaders(new Headers({ X: "1" }), { allow: ["no field", "", "X"] })).toEqual({ x: "1" });
  });

  it("defines a field that is named like a prototype", () => {
    const kept = forwardHeaders(new Headers([["__proto__", "x"]]), { allow: ["__proto__"] });
    expect(Object.entries(kept)).toEqual([["__proto__", "x"]]);
  });

  it("sends on what is there and allowed and of more than one connection, as it is", () => {
    const name = fc.constantFrom<string>("a", "b", "cookie", "connection", "host", "te", "proxy-x");
    const fields = fc.dictionary(name, fc.constantFrom("a", "b", "a, cookie", "1"));
    fc.assert(
      fc.property(fields, fc.array(name), (given, allow) => {
        const named = (given["connection"] ?? "").split(", ");
        const expected = Object.entries(given).filter(
          ([field]) =>
            allow.includes(field) && ["a", "b", "cookie"].includes(field) && !named.includes(field),
        );
        expect(forwardHeaders(new Headers(given), { allow })).toEqual(Object.fromEntries(expected));
      }),
    );
  });
});

describe("checkForward", () => {
  it("finds nothing wrong with fields that can pass", () => {
    expect(checkForward(["Authorization", "Cookie", "X-Forwarded-For", "Proxied"])).toEqual([]);
  });

  it.each(HOP_BY_HOP)("says that %s is of one connection", (name) => {
    expect(checkForward(["Cookie", name])).toEqual([
      `expected \`forward\` to name fields that can pass, got \`${name}\`, which is of one connection`,
    ]);
  });

  it.each(["Host", "content-length"])("says that %s is of one message", (name) => {
    expect(checkForward([name])).toEqual([
      `expected \`forward\` to name fields that can pass, got \`${name}\`, which is of one message`,
    ]);
  });

  it.each(["Range", "If-None-Match", "if-modified-since", "Accept-Encoding"])(
    "says that %s asks for something else than a whole answer, and sends none on",
    (name) => {
      expect(checkForward([name])).toEqual([
        `expected \`forward\` to name fields that can pass, got \`${name}\`, which asks for something else than a whole answer`,
      ]);
      expect(forwardHeaders(new Headers({ [name]: "x" }), { allow: [name] })).toEqual({});
    },
  );

  it.each(["", "X Y", "X:", "ü"])("says that %j is no name of a field", (name) => {
    expect(checkForward([name])).toEqual([
      `expected \`forward\` to name fields that can pass, got \`${name}\`, which is no name of a field`,
    ]);
  });
});
