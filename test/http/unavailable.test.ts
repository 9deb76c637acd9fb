import { describe, expect, it } from "vitest";
import { answering, answerOf } from "../../src/http/unavailable.ts";

const failing = async (message: string, marks: object = {}) =>
  await Promise.reject(Object.assign(new Error(message), marks));

describe("answerOf", () => {
  it.each<[string, string, object]>([
    ["is away", "Network connection lost.", { retryable: true }],
    ["has too much to do", "Durable Object is overloaded.", { overloaded: true }],
    ["was reset, for it could not write", "database or disk is full: SQLITE_FULL", {}],
    ["cannot write", "database or disk is full: SQLITE_FULL", { remote: true }],
    ["waits for one that is overloaded", "Durable Object is overloaded.", { remote: true, overloaded: true }],
    ["is of another version", 'The RPC receiver does not implement the method "look".', { remote: true }],
    ["cannot write at all", "disk I/O error: SQLITE_IOERR", { remote: true }],
  ])("says of an object that %s when to ask again", async (_, message, marks) => {
    await expect(answerOf(failing(message, marks), "rooms-unavailable")).rejects.toMatchObject({
      problem: { type: "urn:manifold:problem:rooms-unavailable", status: 503 },
      headers: { "Retry-After": "1" },
      cause: { message },
    });
  });

  it("leaves what an object's own code throws as it is", async () => {
    await expect(answerOf(failing("a bug", { remote: true }), "rooms-unavailable")).rejects.toThrow("a bug");
  });
});

describe("answering", () => {
  it("does so with all that an object is asked", async () => {
    const stub = answering(
      {
        add: async (a: number, b: number) => await Promise.resolve(a + b),
        fail: async () => await failing(""),
      },
      "crawls-unavailable",
    );
    expect(await stub.add(1, 2)).toBe(3);
    await expect(stub.fail()).rejects.toMatchObject({ problem: { status: 503 } });
  });
});
