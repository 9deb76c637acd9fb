import { describe, expect, it } from "vitest";
import { findBest, findExact } from "../../console/country-search.ts";
import { culpritOf } from "../../console/culprit.ts";
import { hashOf, hashOfFile, viewInHash } from "../../console/deep-link.ts";
import { formatBytes, formatDuration, formatLimit } from "../../console/format.ts";
import { parseIncomplete } from "../../console/incomplete.ts";
import { describeNote, describeOutcome, toneOf } from "../../console/outcome.ts";

const COUNTRIES = [
  { code: "ALA", name: "Åland Islands", flag: "" },
  { code: "NER", name: "Niger", flag: "" },
  { code: "NGA", name: "Nigeria", flag: "" },
  { code: "ZAF", name: "South Africa", flag: "" },
];

describe("findExact", () => {
  it.each([
    ["Niger", "NER"],
    [" nigeria ", "NGA"],
    ["nga", "NGA"],
    ["aland islands", "ALA"],
    ["Nige", undefined],
    ["", undefined],
  ])("takes %j for %s", (text, code) => {
    expect(findExact(COUNTRIES, text)?.code).toBe(code);
  });
});

describe("findBest", () => {
  it.each([
    ["niger", "NER"],
    ["nigeri", "NGA"],
    ["africa", "ZAF"],
    ["Ala", "ALA"],
    ["Atlantis", undefined],
    ["  ", undefined],
  ])("takes %j for %s", (text, code) => {
    expect(findBest(COUNTRIES, text)?.code).toBe(code);
  });
});

describe("viewInHash", () => {
  it.each([
    ["#FRA", { kind: "country", code: "FRA" }],
    ["#fra", { kind: "country", code: "FRA" }],
    ["", { kind: "country", code: undefined }],
    ["#", { kind: "country", code: undefined }],
    ["#FR", { kind: "country", code: undefined }],
    ["#/tasks", { kind: "country", code: undefined }],
    ["#FRA/../x", { kind: "country", code: undefined }],
    ["#chat", { kind: "chat", room: "lobby" }],
    ["#chat/", { kind: "chat", room: "lobby" }],
    ["#chat/tea-time_2", { kind: "chat", room: "tea-time_2" }],
    ["#limits", { kind: "limits", id: undefined }],
    ["#limits/per-day", { kind: "limits", id: "per-day" }],
    ["#files", { kind: "files", key: undefined }],
    ["#files/", { kind: "files", key: undefined }],
    ["#files/a%20b/c%2Fd%23.txt", { kind: "files", key: "a b/c/d#.txt" }],
    ["#files/100%", { kind: "files", key: "100%" }],
    ["#chat/a b", { kind: "country", code: undefined }],
    ["#/", { kind: "endpoint", path: undefined, query: "" }],
    ["#/api/things/:id", { kind: "endpoint", path: "/api/things/:id", query: "" }],
    ["#/api/things/1?a=b?c&d", { kind: "endpoint", path: "/api/things/1", query: "a=b?c&d" }],
  ])("reads %j", (hash, view) => {
    expect(viewInHash(hash)).toEqual(view);
  });

  it("reads what `hashOf` writes", () => {
    expect(viewInHash(hashOf("/api/things/1", "a=b"))).toEqual({
      kind: "endpoint",
      path: "/api/things/1",
      query: "a=b",
    });
  });
});

describe("parseIncomplete", () => {
  it.each([
    ["", []],
    ["airports;status=503", [{ name: "airports", outcome: "status=503" }]],
    [
      "airports;status=503, cities;timeout",
      [
        { name: "airports", outcome: "status=503" },
        { name: "cities", outcome: "timeout" },
      ],
    ],
    ["cities", [{ name: "cities", outcome: "missing" }]],
  ])("reads %j", (field, missing) => {
    expect(parseIncomplete(field)).toEqual(missing);
  });
});

describe("describeOutcome", () => {
  it.each([
    ["status=503", "upstream answered 503", "bad"],
    ["timeout", "upstream took too long", "slow"],
    ["cancelled", "cancelled", "idle"],
    ["ok", "upstream answered", "good"],
    ["something-new", "something-new", "bad"],
    ["constructor", "constructor", "bad"],
  ])("says of %s: %s", (outcome, words, tone) => {
    expect(describeOutcome(outcome)).toBe(words);
    expect(toneOf(outcome)).toBe(tone);
  });
});

describe("formatDuration", () => {
  it.each([
    [0, "0 ms"],
    [0.44, "0.4 ms"],
    [9.96, "10 ms"],
    [101.2, "101 ms"],
    [2_005, "2,005 ms"],
    [12_340, "12.3 s"],
  ])("writes %d as %s", (ms, text) => {
    expect(formatDuration(ms).replace("\u00a0", " ")).toBe(text);
  });
});

describe("hashOfFile", () => {
  it.each(["a/b.txt", "ä b%2F#1?.txt", "100%"])("leads back to %j", (key) => {
    expect(viewInHash(hashOfFile(key))).toEqual({ kind: "files", key });
  });
});

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [4_250, "4.3 kB"],
    [1_000_000, "1 MB"],
    [2_560_000_000, "2.6 GB"],
  ])("writes %d as %s", (bytes, text) => {
    expect(formatBytes(bytes).replace("\u00a0", " ")).toBe(text);
  });
});

describe("formatLimit", () => {
  it.each([
    [250, "250 ms"],
    [1_000, "1 s"],
    [1_540, "1.5 s"],
    [60_000, "60 s"],
  ])("writes %d as %s", (ms, text) => {
    expect(formatLimit(ms).replace("\u00a0", " ")).toBe(text);
  });
});

describe("describeNote", () => {
  it.each([
    ["hit", "cached"],
    ["something-new", "something-new"],
  ])("calls %s %s", (note, short) => {
    expect(describeNote(note).short).toBe(short);
  });
});

describe("culpritOf", () => {
  it("finds the branch that a problem is about", () => {
    const problem = { title: "x", detail: "Branch `facts` answered with status 500", instance: "req-1" };
    expect(culpritOf(problem)).toEqual({ name: "facts", detail: problem.detail, requestId: "req-1" });
  });

  it.each([[undefined], [{ title: "x" }], [{ title: "x", detail: "Branches `a` and `b` differ" }]])(
    "finds none in %j",
    (problem) => {
      expect(culpritOf(problem)).toBeUndefined();
    },
  );
});
