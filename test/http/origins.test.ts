import { describe, expect, it } from "vitest";
import { expectOrigin, readOrigins } from "../../src/http/origins.ts";

describe("readOrigins", () => {
  it.each([
    [undefined, []],
    ["", []],
    ["https://a.example", ["https://a.example"]],
    [
      "https://a.example, http://localhost:3000\n https://b.example:8443",
      ["https://a.example", "http://localhost:3000", "https://b.example:8443"],
    ],
  ])("reads %j", (value, origins) => {
    expect(readOrigins(value)).toEqual(origins);
  });

  it.each([
    ["*", "*"],
    ["null", "null"],
    ["a.example", "a.example"],
    ["https://a.example/", "https://a.example/"],
    ["https://A.example", "https://A.example"],
    ["https://a.example:443", "https://a.example:443"],
    ["https://*.a.example/", "https://*.a.example/"],
    ["https://ok.example ws://a.example", "ws://a.example"],
    [5, "5"],
  ])("refuses %j", (value, shown) => {
    expect(() => readOrigins(value)).toThrow(
      `Expected \`ALLOWED_ORIGINS\` to list origins like \`https://app.example.com\`, got \`${shown}\``,
    );
  });
});

describe("expectOrigin", () => {
  const allowed = ["https://app.example.com"];
  const from = (origin: string | null, url = "https://api.example.com/v1/x") =>
    new Request(url, origin === null ? {} : { headers: { Origin: origin } });

  it.each([null, "https://app.example.com", "https://api.example.com"])("lets %j ask", (origin) => {
    expect(() => expectOrigin(from(origin), allowed)).not.toThrow();
  });

  it.each([
    "https://evil.example.com",
    "http://app.example.com",
    "https://app.example.com:8443",
    "https://app.example.com.evil.example",
    "http://api.example.com",
    "null",
    "",
  ])("does not let %j ask", (origin) => {
    expect(() => expectOrigin(from(origin), allowed)).toThrow(
      "Expected `Origin` to be that of the request, or one of `ALLOWED_ORIGINS`",
    );
  });

  const within = (site: string, dest: string) =>
    new Request("http://localhost:8787/v1/x", {
      headers: { "Sec-Fetch-Site": site, "Sec-Fetch-Dest": dest },
    });

  it.each([
    ["none", "document"],
    ["same-origin", "empty"],
    ["cross-site", "document"],
  ])("lets ask without `Origin` from %s for a %s", (site, dest) => {
    expect(() => expectOrigin(within(site, dest), allowed)).not.toThrow();
  });

  it.each([
    ["cross-site", "image"],
    ["cross-site", "iframe"],
    ["same-site", "script"],
    ["cross-site", ""],
  ])("does not let ask without `Origin` from %s for a %s", (site, dest) => {
    expect(() => expectOrigin(within(site, dest), allowed)).toThrow("Expected `Origin`");
  });
});
