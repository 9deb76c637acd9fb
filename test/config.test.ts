import { describe, expect, it } from "vitest";
import { type Config, ConfigError, loadConfig } from "../src/config.ts";
import { endpoint, upstream } from "../src/aggregate/endpoint.ts";
import type { LimitPolicy } from "../src/limits/policy.ts";

const demo: LimitPolicy = {
  name: "demo",
  capacity: 5,
  refill: { tokens: 5, perMs: 1_000 },
  onFailure: "open",
};

const load = (config: Config) => loadConfig(config, { variables: {}, allowLoopback: false });

describe("loadConfig", () => {
  it("loads a configuration that has no limits, and one that has", () => {
    expect(load({ endpoints: [] }).limits).toEqual({ policies: [], v1Limit: undefined });
    const { policies, v1Limit } = load({ endpoints: [], limits: [demo], v1Limit: "demo" }).limits;
    expect([policies[0]?.name, v1Limit]).toEqual(["demo", "demo"]);
  });

  it("tells the faults of all features at once", () => {
    const from = upstream("atlas", { origin: "nowhere" });
    const config: Config = {
      endpoints: [endpoint("GET /api/things").branch("things", { from, get: "/things" })],
      limits: [{ ...demo, capacity: 0 }],
      v1Limit: "dem",
    };
    expect(() => load(config)).toThrow(ConfigError);
    expect(() => load(config)).toThrow(
      [
        "limit `demo`: expected `capacity` to be an integer ≥ 1, got 0",
        "GET /api/things: branch `things`: upstream `atlas`: expected `origin` to be an origin like `https://api.example.com`, got `nowhere`",
        "v1Limit: there is no limit `dem`; did you mean `demo`?",
      ].join("\n"),
    );
  });
});
