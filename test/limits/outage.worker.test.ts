import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { RateLimiter } from "../../durable-objects/rate-limiter.ts";
import { openLimiters } from "../../src/limiters.ts";
import { planPolicies } from "../../src/limits/policy.ts";
import { wholeApp } from "../support/whole-app.ts";

const refill = { tokens: 1, perMs: 86_400_000 };
const policies = planPolicies(
  [
    { name: "open", capacity: 5, refill, onFailure: "open" },
    { name: "closed", capacity: 5, refill, onFailure: "closed" },
  ],
  () => undefined,
);

const { app, logged } = wholeApp({
  isOpen: true,
  limits: { policies, v1Limit: undefined, limiterFor: openLimiters(env.RATE_LIMITERS) },
});

const acquire = async (policy: string, key: string) =>
  await app.request(`/v1/limits/${policy}/acquire`, { method: "POST", body: JSON.stringify({ key }) });

afterEach(() => void vi.restoreAllMocks());

describe("an object that throws", () => {
  const breakIt = () =>
    vi.spyOn(RateLimiter.prototype, "take").mockImplementation(() => {
      throw new Error("a fault with a secret");
    });

  it("lets callers pass where the policy is open, and says so", async () => {
    breakIt();
    const response = await acquire("open", "a");
    expect(response.status).toBe(200);
    expect(response.headers.get("Manifold-Limit")).toBe("unchecked;reason=failed");
    expect(await response.json()).toMatchObject({ allowed: true, unchecked: "failed" });
    expect(logged.at(-1)).toMatchObject({ event: "limit-unchecked", policy: "open", allowed: true });
  });

  it("turns callers away where it is closed, and does not say why it failed", async () => {
    breakIt();
    const response = await acquire("closed", "a");
    const text = await response.text();
    expect(response.status).toBe(503);
    expect(text).toContain("limit-unavailable");
    expect(text).not.toContain("secret");
  });

  it("counts again when it works again", async () => {
    const broken = breakIt();
    await acquire("closed", "b");
    broken.mockRestore();
    await vi.waitFor(async () => expect((await acquire("closed", "b")).status).toBe(200), { timeout: 5_000 });
    expect((await acquire("closed", "b")).headers.get("Manifold-Limit")).toBeNull();
  });
});
