import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRetryAfter } from "../../src/http/retry-after.ts";

const DAY_MS = 86_400_000;
const nowEpochMs = Date.UTC(2026, 10, 6, 8, 49, 37);

/** A moment as the three formats of RFC 9110, 5.6.7 write it. */
function formats(epochMs: number): readonly [imfFixdate: string, rfc850: string, asctime: string] {
  const imfFixdate = new Date(epochMs).toUTCString();
  const [weekday = "", day = "", month = "", year = "", time = ""] = imfFixdate.split(/,? /);
  const longDay = new Date(epochMs).toLocaleDateString("en", { weekday: "long", timeZone: "UTC" });
  return [
    imfFixdate,
    `${longDay}, ${day}-${month}-${year.slice(2)} ${time} GMT`,
    `${weekday} ${month} ${day.replace(/^0/, " ")} ${time} ${year}`,
  ];
}

describe("parseRetryAfter", () => {
  it.each([
    ["0", 0],
    ["1", 1_000],
    ["120", 120_000],
    [" 120\t", 120_000],
    ["007", 7_000],
    ["86400", DAY_MS],
    ["86401", DAY_MS],
    ["9".repeat(400), DAY_MS],
  ])("reads %j as seconds", (value, expected) => {
    expect(parseRetryAfter(value, { nowEpochMs })).toBe(expected);
  });

  it.each([
    ["Fri, 06 Nov 2026 08:49:47 GMT", 10_000],
    ["Friday, 06-Nov-26 08:49:47 GMT", 10_000],
    ["Fri Nov  6 08:49:47 2026", 10_000],
    ["Fri Nov 06 08:49:47 2026", 10_000],
    [" Fri, 06 Nov 2026 08:49:47 GMT ", 10_000],
    ["Mon, 06 Nov 2026 08:49:47 GMT", 10_000], // a Friday
    ["Fri, 06 Nov 2026 08:49:60 GMT", 23_000], // a leap second
    ["Fri, 06 Nov 2026 08:49:37 GMT", 0],
    ["Fri, 06 Nov 2026 08:49:36 GMT", 0],
    ["Sun, 06 Nov 1994 08:49:37 GMT", 0],
    ["Sat, 07 Nov 2026 08:49:38 GMT", DAY_MS],
    ["Fri, 31 Dec 9999 23:59:59 GMT", DAY_MS],
  ])("reads %j as a date", (value, expected) => {
    expect(parseRetryAfter(value, { nowEpochMs })).toBe(expected);
  });

  it.each([
    [2026, "Wednesday, 06-Nov-76 08:49:37 GMT", DAY_MS], // 2076, in 50 years to the second
    [2026, "Wednesday, 06-Nov-76 08:49:38 GMT", 0], // 1976
    [2026, "Saturday, 06-Nov-76 08:49:36 GMT", DAY_MS],
    [2026, "Monday, 01-Jan-77 00:00:00 GMT", 0],
    [2026, "Sunday, 06-Nov-94 08:49:37 GMT", 0],
    [2026, "Friday, 06-Nov-25 08:49:37 GMT", 0],
    [2099, "Friday, 06-Nov-00 08:49:37 GMT", DAY_MS], // 2100
    [2099, "Friday, 06-Nov-98 08:49:37 GMT", 0],
  ])(
    "in %d, takes a year of two digits for one that is at most 50 years ahead: %s",
    (year, value, expected) => {
      expect(parseRetryAfter(value, { nowEpochMs: Date.UTC(year, 10, 6, 8, 49, 37) })).toBe(expected);
    },
  );

  it.each([
    null,
    "",
    " ",
    "-1",
    "+1",
    "1.5",
    "1e3",
    "0x10",
    "١٢", // digits, but not of ASCII
    "120s",
    "5, 10",
    "soon",
    "2026-11-06T08:49:47Z",
    "Fri, 06 Nov 2026 08:49:47 UTC",
    "Fri, 06 Nov 2026 08:49:47 +0000",
    "Fri, 06 Nov 2026 08:49:47",
    "fri, 06 nov 2026 08:49:47 gmt",
    "Fry, 06 Nov 2026 08:49:47 GMT",
    "Fri, 6 Nov 2026 08:49:47 GMT",
    "Fri, 06 Now 2026 08:49:47 GMT",
    "Fri, 06 Nov 26 08:49:47 GMT",
    "Fri, 00 Nov 2026 08:49:47 GMT",
    "Tue, 31 Nov 2026 08:49:47 GMT",
    "Sun, 29 Feb 2026 08:49:47 GMT",
    "Fri, 06 Nov 0099 08:49:47 GMT",
    "Fri, 06 Nov 2026 24:00:00 GMT",
    "Fri, 06 Nov 2026 08:60:00 GMT",
    "Fri, 06 Nov 2026 08:49:61 GMT",
    "Fri, 06 Nov 2026 08:49:47 GMT, Fri, 06 Nov 2026 08:49:47 GMT",
    "x Fri, 06 Nov 2026 08:49:47 GMT",
    "Fri, 06-Nov-26 08:49:47 GMT",
    "Friday, 06-Nov-2026 08:49:47 GMT",
    "Fri Nov 6 08:49:47 2026",
    "Fri Nov  6 08:49:47 2026 GMT",
  ])("cannot read %j", (value) => {
    expect(parseRetryAfter(value, { nowEpochMs })).toBeUndefined();
  });

  it.each([
    ["Fri, 06 Nov 2026 10:00:30 GMT", "Fri, 06 Nov 2026 10:00:00 GMT", 30_000], // its clock is ahead of ours
    ["Fri, 06 Nov 2026 02:00:30 GMT", "Fri, 06 Nov 2026 02:00:00 GMT", 30_000], // behind
    ["Fri, 06 Nov 2026 02:00:30 GMT", "Friday, 06-Nov-26 02:00:00 GMT", 30_000],
    ["Fri, 06 Nov 2026 02:00:30 GMT", " Fri Nov  6 02:00:00 2026 ", 30_000],
    ["Fri, 06 Nov 2026 02:00:00 GMT", "Fri, 06 Nov 2026 02:00:30 GMT", 0],
    ["Fri, 06 Nov 2026 08:49:47 GMT", "yesterday", 10_000],
    ["Fri, 06 Nov 2026 08:49:47 GMT", "", 10_000],
    ["Fri, 06 Nov 2026 08:49:47 GMT", null, 10_000],
    ["30", "Fri, 06 Nov 2026 02:00:00 GMT", 30_000],
    ["soon", "Fri, 06 Nov 2026 02:00:00 GMT", undefined],
  ])("compares %j with the answer's own date, %j", (value, date, expected) => {
    expect(parseRetryAfter(value, { nowEpochMs, date })).toBe(expected);
  });

  it("reads any date back, in every format and against every format, whatever our own clock says", () => {
    const sent = fc.integer({ min: Date.UTC(2000, 0, 1) / 1_000, max: Date.UTC(2049, 0, 1) / 1_000 });
    const skews = fc.integer({ min: -3_600_000, max: 3_600_000 });
    fc.assert(
      fc.property(sent, fc.nat({ max: 86_400 }), skews, (sentSeconds, seconds, skewMs) => {
        const sentMs = sentSeconds * 1_000;
        for (const value of formats(sentMs + seconds * 1_000)) {
          for (const date of formats(sentMs)) {
            expect(parseRetryAfter(value, { nowEpochMs: sentMs + skewMs, date })).toBe(seconds * 1_000);
          }
          expect(parseRetryAfter(value, { nowEpochMs: sentMs })).toBe(seconds * 1_000);
        }
      }),
    );
  });
});
