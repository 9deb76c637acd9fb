import { describe, expect, it } from "vitest";
import { faultOfAnswers, faultOfRequests } from "./faults.ts";
import { fuzzProxy } from "./fuzz.ts";
import { ORIGIN_NAME, staysHere } from "./mutate.ts";

/** On a machine that is busy with other things. */
const PATIENCE_MS = 120_000;

describe("startProxy, between clients and origins that say anything", () => {
  it.each([1, 251, 501, 751])(
    "passes on what has one reading, fails nowhere, and leaves nothing open, from seed %i on",
    async (first) => {
      const { statuses, forwarded } = await fuzzProxy({ first, count: 250, atOnce: 50 });
      // It has been everywhere.
      expect([...statuses.keys()]).toEqual(expect.arrayContaining(["200", "400", "502", "501"]));
      expect(forwarded).toBeGreaterThan(25);
    },
    PATIENCE_MS,
  );
});

describe("faultOfRequests", () => {
  const asked = (fields: string) =>
    faultOfRequests(`GET / HTTP/1.1\r\nHost: a\r\n${fields}Via: 1.1 manifold-1\r\n\r\n`);
  it.each([
    ["", undefined],
    ["Host: b\r\n", "2 Hosts"],
    ["Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "two ways to read its end"],
    ["Transfer-Encoding: x\r\n", "a coding that is not known"],
    ["X : a\r\n", "a field line that is none"],
    ["X: a\0\r\n", "a field line that is none"],
  ])("finds in %j: %s", (fields, fault) => expect(asked(fields)).toBe(fault));
});

describe("faultOfAnswers", () => {
  it.each([
    ["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", undefined],
    [
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n",
      "two ways to read the end of an answer",
    ],
  ])("finds in %j: %s", (answer, fault) => expect(faultOfAnswers(answer)).toBe(fault));
});

describe("staysHere", () => {
  it.each([
    [`GET http://${ORIGIN_NAME}:1/ HTTP/1.1`, true],
    ["GET http://8.8.8.8/ HTTP/1.1", false],
    ["GET http://134744072/ HTTP/1.1", false],
    ["x\r\nCONNECT 8.8.8.8:443 HTTP/1.1", false],
  ])("says of %j: %s", (text, stays) => expect(staysHere(text)).toBe(stays));
});
