import { describe, expect, it } from "vitest";
import { createPresence } from "../../src/chat/presence.ts";

describe("createPresence", () => {
  it("keeps no more than a row has room for, those first who will be gone", () => {
    const presence = createPresence(undefined, () => []);
    for (let user = 0; user < 10_001; user += 1) {
      presence.enter({ uid: `uid-${user}`, name: `user ${user}`, keys: [] });
    }
    presence.exit("uid-0", 5);
    const { ghosts, present } = presence.save();
    expect(ghosts).toEqual([{ uid: "uid-0", name: "user 0", goneAtMs: 5 }]);
    expect(present).toHaveLength(9_999);
    expect(present).not.toContainEqual(expect.objectContaining({ uid: "uid-0" }));
  });
});
