import { describe, expect, it } from "vitest";
import { MUTATIONS } from "./mutations.ts";
import { playCrawlSeeds } from "./seeds.ts";

// `npm run simulate -- crawl` plays any number of others, and any one of them again.
describe("a crawl, while everything fails that can", () => {
  it.each([1, 251, 501, 751])(
    "finds every page once, with its depth and parent, and spares its hosts, in 250 plays from seed %i",
    { timeout: 120_000 },
    async (first) => {
      const met = new Set<string>();
      const broken = await playCrawlSeeds(first, 250, (_, sights) => {
        for (const what of sights.keys()) met.add(what);
      });
      expect(broken).toBeUndefined();
      // What the plays are about has happened in them.
      expect([...met]).toEqual(
        expect.arrayContaining([
          "a death",
          "an object that ended",
          "a call that failed",
          "an answer that was lost",
          "a fetch that failed",
          "a message that was lost",
          "a message that came twice",
        ]),
      );
    },
  );

  it.each(Object.entries(MUTATIONS))(
    "is caught by one of 200 plays when %s",
    { timeout: 120_000 },
    async (_, mutation) => {
      expect(await playCrawlSeeds(1, 200, undefined, mutation)).toMatch(/^Seed \d+: /);
    },
  );
});
