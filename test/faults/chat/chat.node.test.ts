import { describe, expect, it } from "vitest";
import { playSeeds } from "../play-seeds.ts";
import { BROKEN } from "./broken.ts";
import { chatPlay } from "./play.ts";

// `npm run simulate -- chat` plays any number of others, and any one of them again.
describe("a room and its clients, while everything fails that can", () => {
  it.each([1, 251, 501, 751])(
    "keep every promise in 250 plays from seed %i",
    { timeout: 120_000 },
    async (first) => {
      const { failure, sights } = await playSeeds(chatPlay(), { first, count: 250 });
      expect(failure?.report).toBeUndefined();
      // What the plays are about has happened in them.
      expect([...sights.keys()]).toEqual(
        expect.arrayContaining([
          "a kill before a commit",
          "a sleep",
          "a repeated message",
          "a replay",
          "a gap",
          "a page of the log",
          "a flood",
          "a failed write",
          "somebody sent to a relay",
          "a kill of a relay",
          "a relay without a memory",
          "an answer that was lost",
          "two builds at once",
          "somebody kicked",
          "a clock that was set back",
          "a full room",
        ]),
      );
    },
  );

  it.each(BROKEN)("are caught by one of 600 plays with a part that is broken: %s", async (broken) => {
    const { failure } = await playSeeds(chatPlay(broken), { first: 1, count: 600 });
    expect(failure?.report).toMatch(/^Seed \d+: .+\nPlan \(/);
  });

  it("fail in the same way for the same seed", async () => {
    const find = async () =>
      (await playSeeds(chatPlay("ok-before-durable"), { first: 1, count: 400 })).failure;
    expect(await find()).toEqual(await find());
  });
});
