import { describe, expect, it } from "vitest";
import { allowList, readAllowEntry } from "../../../companion/proxy/guard/allow-list.ts";
import { explain, explanationLines } from "../../../companion/proxy/guard/explain.ts";
import { readPortRange } from "../../../companion/proxy/guard/ports.ts";

const ports = ["80", "443"].flatMap((text) => [readPortRange(text) ?? ([1, 1] as const)]);
const policy = {
  allow: allowList(["10.1.0.0/16", "git.corp"].flatMap((text) => readAllowEntry(text) ?? [])),
  ports: { request: ports, tunnel: ports },
  isOwn: () => false,
};

describe("explain", () => {
  it.each([
    ["http://a.com", ["8.8.8.8", "10.0.0.1"], "allowed"],
    ["http://a.com", ["10.0.0.1"], "a.com is a private address"],
    ["http://a.com", ["10.1.0.1"], "allowed"],
    ["https://git.corp/x", ["192.168.0.1"], "allowed"],
    ["http://intranet", ["8.8.8.8"], "intranet is a name without a dot, which only a local network resolves"],
    ["http://2130706433/", [], "127.0.0.1 is this machine"],
    ["http://１０.０.０.１/", [], "10.0.0.1 is a private address"],
    ["http://[::ffff:10.1.0.1]/", [], "::ffff:a01:1 is an IPv6 form of an IPv4 address"],
    ["http://a.com:25/", ["8.8.8.8"], "port 25 is not open to requests here"],
  ])("judges %s that resolves to %j: %s", async (url, addresses, verdict) => {
    const told = await explain(url, policy, async () => await Promise.resolve(addresses));
    expect(told.verdict.replaceAll(/[[\]]/g, "")).toBe(verdict);
    expect(explanationLines(told).at(-1)).toBe(`verdict  ${told.verdict}`);
  });
});
