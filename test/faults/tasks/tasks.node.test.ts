import { describe, expect, it } from "vitest";
import { playSeeds } from "../play-seeds.ts";
import { BROKEN } from "./broken.ts";
import { tasksPlay } from "./play.ts";

// `npm run simulate -- tasks` plays any number of others, and any one of them again.
describe("a shard, its workers and a queue, while everything fails that can", () => {
  const seen = new Set<string>();

  it.each([1, 251, 501, 751])(
    "keep every promise in 250 plays from seed %i",
    { timeout: 120_000 },
    async (first) => {
      const { failure, sights } = await playSeeds(tasksPlay(), { first, count: 250 });
      for (const sight of sights.keys()) seen.add(sight);
      expect(failure?.report).toBeUndefined();
    },
  );

  it("meet all that the plays are about", () => {
    expect([...seen]).toEqual(
      expect.arrayContaining([
        "a kill before-commit",
        "a kill before-send",
        "a kill after-send",
        "a kill in-alarm",
        "a kill after-claim",
        "a kill after-effect",
        "a kill after-report",
        "a handler that ends its worker",
        "a message that was lost",
        "a message that came twice",
        "a send that was refused",
        "a late write that was refused",
        "an answer that was lost",
        "an effect that was there already",
        "a redrive of the dead",
        "cancel: cancelling",
        "retry: retried",
      ]),
    );
  });

  it.each(BROKEN)(
    "are caught by one of 400 plays with a part that is broken: %s",
    { timeout: 120_000 },
    async (broken) => {
      const { failure } = await playSeeds(tasksPlay(broken), { first: 1, count: 400 });
      expect(failure?.report).toMatch(/^Seed \d+: .+\nPlan \(/);
    },
  );

  it("fail in the same way for the same seed", async () => {
    const find = async () => (await playSeeds(tasksPlay("no-concurrency"), { first: 1, count: 100 })).failure;
    expect(await find()).toEqual(await find());
  });
});
