import { describe, expect, it } from "vitest";
import { findBest, findExact } from "../../console/country-search.ts";
import { codeInHash } from "../../console/deep-link.ts";
import { formatBytes, formatDuration } from "../../console/format.ts";
import { parseIncomplete } from "../../console/incomplete.ts";
import { describeOutcome, toneOf } from "../../console/outcome.ts";

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

describe("codeInHash", () => {
  it.each([
    ["#FRA", "FRA"],
    ["#fra", "FRA"],
    ["", undefined],
    ["#", undefined],
    ["#FR", undefined],
    ["#/tasks", undefined],
    ["#FRA/../x", undefined],
  ])("reads %j as %s", (hash, code) => {
    expect(codeInHash(hash)).toBe(code);
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

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [4_250, "4.3 kB"],
  ])("writes %d as %s", (bytes, text) => {
    expect(formatBytes(bytes).replace("\u00a0", " ")).toBe(text);
  });
});
