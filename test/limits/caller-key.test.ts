import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { byIp, byToken } from "../../src/limits/caller-key.ts";

const app = new Hono<{ Variables: { caller: { name: string } } }>()
  .get("/ip", (c) => c.text(byIp(c)))
  .get("/token", (c) => c.text(byToken(c)))
  .get("/known", (c) => {
    c.set("caller", { name: "shop" });
    return c.text(byToken(c));
  });

const keyOf = async (path: string, address?: string) =>
  await (
    await app.request(path, address === undefined ? {} : { headers: { "CF-Connecting-IP": address } })
  ).text();

describe("byIp", () => {
  it.each([
    ["203.0.113.7", "ip:203.0.113.7"],
    ["::ffff:203.0.113.7", "ip:203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "ip:2001:db8:1:2::/64"],
    ["2001:db8:1:2:ffff:ffff:ffff:ffff", "ip:2001:db8:1:2::/64"],
    ["2001:DB8:1:3::1", "ip:2001:db8:1:3::/64"],
    ["nonsense", "ip:unknown"],
    [undefined, "ip:unknown"],
  ])("counts %s as %s", async (address, key) => {
    expect(await keyOf("/ip", address)).toBe(key);
  });
});

describe("byToken", () => {
  it("counts by the token's name, and by address where there is none", async () => {
    expect(await keyOf("/known", "203.0.113.7")).toBe("token:shop");
    expect(await keyOf("/token", "203.0.113.7")).toBe("ip:203.0.113.7");
  });
});
