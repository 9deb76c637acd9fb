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

  it.each<[unknown, string]>([
    [undefined, "expected an object, got undefined"],
    [{}, "expected `endpoints` to be a list, got undefined"],
    [{ endpoints: [], limts: [] }, "there is no `limts`; did you mean `limits`?"],
    [
      { endpoints: [undefined] },
      'expected `endpoints.0` to be what `endpoint("GET /api/…")` returns, got undefined',
    ],
    [{ endpoints: [], limits: { demo } }, "expected `limits` to be a list, got an object"],
    [{ endpoints: [], tasks: [() => demo] }, "expected `tasks.0` to be an object, got a function"],
    [{ endpoints: [], v1Limit: 5 }, "expected `v1Limit` to be a text, got 5"],
    [
      { endpoints: [], cron: [{ cron: "* * * * *", type: "a", payLoad: {} }] },
      "there is no `cron.0.payLoad`; did you mean `payload`?",
    ],
  ])("refuses %j, which no type checker has seen", (config, fault) => {
    expect(() => load(config as Config)).toThrow(new ConfigError([fault]));
  });

  it.each(["30s", "", "0", "-1", "1.5"])("refuses `TASK_LEASE_MS` as %j", (leaseMs) => {
    const environment = { variables: { TASK_LEASE_MS: leaseMs }, allowLoopback: false };
    expect(() => loadConfig({ endpoints: [] }, environment)).toThrow(
      `expected the variable \`TASK_LEASE_MS\` to be an integer ≥ 1, got ${JSON.stringify(leaseMs)}`,
    );
  });
});
