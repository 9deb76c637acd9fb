import { parseList } from "structured-headers";
import { describe, expect, it } from "vitest";
import type { LimitAnswer } from "../../src/limits/client.ts";
import { limitFields, refusal } from "../../src/limits/fields.ts";
import type { PolicySet } from "../../src/limits/policy.ts";
import { policyOf } from "./policies.ts";

const api: PolicySet = [policyOf({ name: "api", capacity: 20, refill: { tokens: 20, perMs: 10_000 } })];

const answerOf = (changes: Partial<LimitAnswer> = {}): LimitAnswer => ({
  allowed: false,
  policy: "api",
  standings: [{ policy: "api", remaining: 0, nextMs: 500 }],
  retryAfterMs: 500,
  waitedMs: 0,
  reason: "exhausted",
  ...changes,
});

/** A field as whoever receives it reads it. */
const read = (text = "") =>
  parseList(text).map(([name, parameters]) => [name, Object.fromEntries(parameters)]);

describe("limitFields", () => {
  it("writes the current form of the draft", () => {
    expect(limitFields(api, answerOf())).toEqual({
      "RateLimit-Policy": '"api";q=20;w=10',
      RateLimit: '"api";r=0;t=1',
      "Retry-After": "1",
    });
  });

  it("writes what a structured-field parser reads back, of several policies", () => {
    const set: PolicySet = [
      policyOf({ name: "burst", capacity: 10, refill: { tokens: 3, perMs: 1_000 } }),
      policyOf({ name: "per-day_2", capacity: 1_000, refill: { tokens: 1_000, perMs: 86_400_000 } }),
    ];
    const fields = limitFields(
      set,
      answerOf({
        allowed: true,
        standings: [
          { policy: "burst", remaining: 10, nextMs: 0 },
          { policy: "per-day_2", remaining: 712, nextMs: 86_400 },
        ],
        retryAfterMs: 0,
      }),
    );
    expect(read(fields["RateLimit-Policy"])).toEqual([
      ["burst", { q: 10, w: 4 }],
      ["per-day_2", { q: 1_000, w: 86_400 }],
    ]);
    expect(read(fields["RateLimit"])).toEqual([
      ["burst", { r: 10 }],
      ["per-day_2", { r: 712, t: 87 }],
    ]);
    expect(fields).not.toHaveProperty("Retry-After");
  });

  it.each([
    [1, "1"],
    [1_000, "1"],
    [1_001, "2"],
    [86_399_001, "86400"],
  ])("rounds a wait of %i ms up to %s s", (retryAfterMs, seconds) => {
    expect(limitFields(api, answerOf({ retryAfterMs }))["Retry-After"]).toBe(seconds);
  });

  it("never says that more comes later than when to come back", () => {
    const standings = [{ policy: "api", remaining: 0, nextMs: 9_000 }];
    const fields = limitFields(api, answerOf({ standings, retryAfterMs: 2_000 }));
    expect([read(fields["RateLimit"])[0]?.[1], fields["Retry-After"]]).toEqual([{ r: 0, t: 2 }, "2"]);
  });

  it("marks what was not checked, and claims nothing of what is left", () => {
    const answer = answerOf({ allowed: true, standings: [], retryAfterMs: 0, unchecked: "overloaded" });
    expect(limitFields(api, answer)).toEqual({
      "RateLimit-Policy": '"api";q=20;w=10',
      "Manifold-Limit": "unchecked;reason=overloaded",
    });
  });
});

describe("refusal", () => {
  it("is the registered problem, and names the policy that binds", () => {
    expect(refusal(api, answerOf({ waitedMs: 3 })).problem).toEqual({
      type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
      title: "Request cannot be satisfied as assigned quota has been exceeded",
      status: 429,
      detail: "`api` is used up for now; try again in 500 ms",
      "violated-policies": ["api"],
      reason: "exhausted",
      remaining: 0,
      retryAfterMs: 500,
      waitedMs: 3,
    });
  });

  it("is no claim about the caller when the limiter cannot be asked", () => {
    const { problem, headers } = refusal(api, answerOf({ standings: [], unchecked: "failed" }));
    expect(problem).toMatchObject({
      type: "urn:manifold:problem:limit-unavailable",
      status: 503,
      policy: "api",
      unchecked: "failed",
    });
    expect(headers["Retry-After"]).toBe("1");
  });
});
