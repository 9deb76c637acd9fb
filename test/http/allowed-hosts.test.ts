import { describe, expect, it } from "vitest";
import { guardAddress } from "../../src/http/address-guard.ts";
import { readHosts } from "../../src/http/allowed-hosts.ts";

describe("readHosts", () => {
  it.each([
    [undefined, undefined],
    ["api.example.com", ["api.example.com"]],
    [
      "api.example.com, *.example.org\n xn--bcher-kva.com [2606:4700::1111] 8.8.8.8",
      ["api.example.com", "*.example.org", "xn--bcher-kva.com", "[2606:4700::1111]", "8.8.8.8"],
    ],
  ])("reads %j", (value, hosts) => {
    expect(readHosts(value)).toEqual(hosts);
  });

  it.each([
    ["", '""'],
    [" , ", '" , "'],
    [5, "5"],
    ["*", "*"],
    ["a.*.example.com", "a.*.example.com"],
    ["https://api.example.com", "https://api.example.com"],
    ["api.example.com/x", "api.example.com/x"],
    ["api.example.com:443", "api.example.com:443"],
    ["me@api.example.com", "me@api.example.com"],
    ["API.example.com", "API.example.com"],
    ["api.example.com.", "api.example.com."],
    ["bücher.com", "bücher.com"],
    ["2130706433", "2130706433"],
    ["ok.example.com 0x7f.1", "0x7f.1"],
  ])("refuses %j, which no URL shows as its host", (value, shown) => {
    expect(() => readHosts(value)).toThrow(
      `Expected \`ALLOWED_HOSTS\` to list hosts like \`api.example.com\` and \`*.example.org\`, got \`${shown}\``,
    );
  });

  it("reads what the guard goes by", () => {
    const policy = { allowLoopback: false, hosts: readHosts("api.example.com *.example.org") };
    const judge = (url: string) => guardAddress(url, policy).allowed;
    expect(["https://API.example.com./", "https://a.b.example.org/"].map(judge)).toEqual([true, true]);
    expect(["https://example.com/", "https://example.org/"].map(judge)).toEqual([false, false]);
  });
});
