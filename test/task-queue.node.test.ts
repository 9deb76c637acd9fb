import { describe, expect, it } from "vitest";
import { unstable_readConfig } from "wrangler";

/** What we read of it; wrangler's own type comes from a package that it does not bring along. */
interface Queues {
  readonly producers?: readonly { readonly queue: string }[];
  readonly consumers?: readonly { readonly queue: string; readonly dead_letter_queue?: string }[];
}

describe("the queues of wrangler.toml", () => {
  it("are all consumed, those too that take what was tried too often, and every value is said", () => {
    const config = unstable_readConfig({ config: "wrangler.toml" }, { hideWarnings: true });
    const { producers = [], consumers = [] } = config.queues as Queues;
    const fed = [
      ...producers.map(({ queue }) => queue),
      ...consumers.flatMap(({ dead_letter_queue: dead }) => dead ?? []),
    ];
    expect(fed).toContain("tasks-dead");
    expect(consumers.map(({ queue }) => queue)).toEqual(expect.arrayContaining(fed));
    for (const consumer of consumers)
      for (const member of ["max_batch_size", "max_batch_timeout", "max_retries", "retry_delay"])
        expect(consumer).toHaveProperty(member);
  });
});
