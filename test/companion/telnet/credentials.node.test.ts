import { describe, expect, it } from "vitest";
import { credentialsFor } from "../../../companion/telnet/credentials.ts";

describe("credentialsFor", () => {
  it.each([
    ["198.51.100.7", "198.51.100.7"],
    ["::ffff:198.51.100.7", "198.51.100.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["127.0.0.1", undefined],
    ["::1", undefined],
    [undefined, undefined],
  ])("says for whom it comes: %s", (address, client) => {
    expect(credentialsFor("mf_x", address)).toEqual({
      authorization: "Bearer mf_x",
      ...(client !== undefined && { "Manifold-Client": client }),
    });
  });

  it("shows no token where there is none", () => {
    expect(credentialsFor("", "::1")).toEqual({});
  });
});
