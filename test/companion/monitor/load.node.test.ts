import { describe, expect, it } from "vitest";
import { watchLoad } from "../../../companion/monitor/load.ts";
import { until } from "../../e2e/product.ts";

describe("watchLoad", () => {
  it("counts how late callbacks come, and not how often it looks", async () => {
    using load = watchLoad();
    let p50Ms = 0;
    let turns = 0;
    await until(() => {
      turns += 1;
      // Of one look or two, chance tells more than lateness.
      if (turns % 20 !== 0) return false;
      ({ p50Ms } = load.lag());
      return p50Ms > 0 && p50Ms < 5;
    });
    expect(p50Ms).toBeGreaterThan(0);
  });
});
