import { describe, expect, it } from "vitest";
import { isOutage } from "../../src/http/outage.ts";

describe("isOutage", () => {
  it.each([
    [{ overloaded: true }, "Durable Object is overloaded", true],
    [{ retryable: true }, "Network connection lost", true],
    [{ remote: true }, 'The RPC receiver does not implement the method "look".', true],
    [{ remote: true }, "a bug in the object", false],
    [{}, "a bug", false],
  ])("takes an error with %j, “%s”, for one: %s", (members, message, expected) => {
    expect(isOutage(Object.assign(new Error(message), members))).toBe(expected);
  });

  it("takes what is no error for none", () => {
    expect(isOutage({ retryable: true })).toBe(false);
  });
});
