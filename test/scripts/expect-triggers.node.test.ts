import { describe, expect, it } from "vitest";
import { expectTriggers } from "../../scripts/expect-triggers.ts";

const entry = { cron: "0 6 * * *", type: "compare" };

describe("expectTriggers", () => {
  it("lets through what the platform is told of", () => {
    expect(() => expectTriggers([entry], ["0 5 * * *", "0 6 * * *"])).not.toThrow();
  });

  it.each([
    [["0 6 * * MON"], "there is `0 6 * * MON`"],
    [[], "add it"],
  ])("refuses what is not among %j", (crons, hint) => {
    expect(() => expectTriggers([entry], crons)).toThrow(
      `cron \`0 6 * * *\` of \`compare\`: expected it among \`crons\` of [triggers] in wrangler.toml; ${hint}`,
    );
  });
});
