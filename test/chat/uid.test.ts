import { describe, expect, it } from "vitest";
import { uidOf } from "../../src/chat/uid.ts";

describe("uidOf", () => {
  it("is the same for a client in one log, and another for every other client and log", () => {
    const uids = [
      uidOf("log-1", "a-secret-of-one"),
      uidOf("log-2", "a-secret-of-one"),
      uidOf("log-1", "a-secret-of-two"),
    ];
    expect(new Set(uids).size).toBe(3);
    expect(uidOf("log-1", "a-secret-of-one")).toBe(uids[0]);
    for (const uid of uids) expect(uid).toMatch(/^[\w-]{16}$/);
  });
});
