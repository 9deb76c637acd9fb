import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config.ts";
import type { EndpointDefinition } from "../../src/aggregate/definition.ts";
import { endpoint, upstream } from "../../src/aggregate/endpoint.ts";
import { explain, type ExplainOptions } from "../../src/aggregate/explain.ts";
import { renderExplanation } from "../../src/aggregate/explain-text.ts";
import { url } from "../../src/aggregate/target.ts";

const atlas = upstream("atlas", { origin: "https://atlas.example", timeoutMs: 1_000 });
const hedge = { minMs: 50, maxMs: 500 };

function render(defined: { readonly definition: EndpointDefinition }, options?: ExplainOptions): string {
  const { plans } = loadConfig({ endpoints: [defined] }, { variables: {}, allowLoopback: false });
  const [plan] = plans;
  if (plan === undefined) throw new Error("no plan");
  return renderExplanation(explain(plan, options));
}

/** The lines of one of the sums below the branches. */
function sumOf(text: string, title: string): string {
  const [, after = ""] = text.split(`  ${title} `);
  const lines = after.split("\n").map((line) => line.trim());
  const next = lines.findIndex((line) => line.startsWith("Subrequests") || line.startsWith("Connections"));
  return lines.slice(0, next === -1 ? undefined : next).join(" | ");
}

const trip = endpoint("GET /api/trips/:code", { deadlineMs: 4_000 })
  .branch("facts", { from: atlas, get: "/countries/:code", statusFrom: true })
  .branch("stats", { from: atlas, get: "/countries/:code/stats", optional: true, timeoutMs: 500 })
  .each("neighbours", {
    from: atlas,
    needs: ["facts"],
    of: () => ["BEL"],
    get: ({ elements }) => url`/countries?codes=${elements}`,
    max: 40,
    hedge,
  });

describe("renderExplanation", () => {
  it("draws the waves, a bar for each branch on one axis, and the sums", () => {
    expect(render(trip).split("\n")).toEqual([
      "GET /api/trips/:code                                                                    deadline 4 s",
      "",
      "                                                               0                        4 s at worst",
      "  1 ┬ facts       atlas /countries/:code                       ━━━━━━━                      1 s",
      "    │             its 4xx is the answer's",
      "    └ stats       atlas /countries/:code/stats                 ────                         500 ms",
      "                  optional",
      "  2 ─ neighbours  atlas computed                                      ━━━━━━━━━━━           1.5 s",
      "                  needs facts · up to 80 calls: 40 elements × 2 (hedged)",
      "                  hedged after the p95, 50 ms to 500 ms",
      "",
      "  Critical path  ━ facts → neighbours · at most 2.5 s",
      "  Subrequests    14 when all goes well · at most 82 = facts 1 + stats 1 + neighbours 80",
      "                 too many for the free plan's 50, within the paid plan's 10,000",
      "                 a redirect is one more, up to 492 in all",
      "  Connections    at most 81 at once in wave 2 · 6 go out from here, the others over 13 lanes",
    ]);
  });

  it("says how long it typically takes, where that is known", () => {
    const text = render(trip, { typicalMs: () => 40 });
    expect(text).toContain("optional · typically 40 ms\n");
    expect(sumOf(text, "Critical path")).toBe("━ facts → neighbours · at most 2.5 s · typically 80 ms");
  });

  it("says what the deadline cuts off, and shows a branch for which no time is left", () => {
    const { definition } = trip;
    const text = render({ definition: { ...definition, deadlineMs: 1_000 } });
    expect(sumOf(text, "Critical path")).toBe(
      "━ facts → neighbours | at most 1 s (cut off by the deadline; the limits add up to 2 s)",
    );
    expect(text).toContain(`atlas computed${" ".repeat(58)}━ 1 s\n`);
  });

  it("shows the shortest of branches", () => {
    const text = render(trip.branch("quick", { from: atlas, get: "/", timeoutMs: 1 }));
    expect(text).toContain(`quick       atlas /${" ".repeat(38)}─${" ".repeat(27)} 1 ms\n`);
  });

  const wide = (max: number, attempts = 1) =>
    ({ from: atlas, get: "/", of: () => [1], max, retry: { attempts } }) as const;
  const laned = endpoint("GET /api/wide");
  const unlaned = endpoint("GET /api/wide", { lanes: false });

  it.each([
    [laned.each("a", wide(6)), "at most 6 at once · none waits for one of the 6"],
    [laned.each("a", wide(7)), "at most 7 at once · 6 go out from here, the others over a lane"],
    [unlaned.each("a", wide(6)), "at most 6 at once · none waits for one of the 6"],
    [
      unlaned.each("a", wide(7)).each("b", { ...wide(1_000), needs: ["a"] }),
      "at most 1,000 at once in wave 2 | " +
        "lanes are off: 1 in wave 1 and 994 in wave 2 may wait for one of the 6",
    ],
  ])("tells where calls queue, or that lanes take over", (defined, connections) => {
    expect(sumOf(render(defined), "Connections").trim()).toBe(connections);
  });

  it.each([
    [
      laned.branch("a", { from: atlas, get: "/" }),
      "at most 1 · within the free plan's 50 · a redirect is one more, up to 6 in all",
    ],
    [
      unlaned.each("a", wide(1_000, 10)),
      "1,000 when all goes well · at most 10,000 | too many for the free plan's 50, within the paid plan's 10,000",
    ],
  ])("holds the subrequests against what the platform allows", (defined, subrequests) => {
    expect(sumOf(render(defined), "Subrequests").trim()).toContain(subrequests);
  });

  it("is no wider than 100 columns, whatever the names", () => {
    const name = (letter: string) => letter.repeat(60);
    const from = upstream("an-upstream-of-a-very-long-name", { origin: "https://a.example", hedge });
    const needs = [name("a"), name("b"), name("c")];
    const long = endpoint(`GET /api/${"long/".repeat(30)}`)
      .branch(name("a"), { from, get: `/${"path/".repeat(30)}` })
      .branch(name("b"), { from, get: "/" })
      .branch(name("c"), { from, get: "/" })
      .branch("d", { from, get: "/", needs, fallback: [{ from: atlas }, { value: 1 }] });
    const lines = render(long).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(lines.every((line) => line === line.trimEnd())).toBe(true);
    expect(lines[0]).toMatch(/^GET \/api\/long.*… deadline 10 s$/);
    expect(lines[3]).toMatch(/^ {2}1 ┬ a{23}… {2}an-upstream-of-a-very-long-n… {2}━/);
  });
});
