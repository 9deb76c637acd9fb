import type { BranchExplanation, Explanation } from "../../src/aggregate/explain.ts";

const BRANCH: BranchExplanation = {
  name: "",
  upstream: "atlas",
  target: "/things",
  kind: "single",
  wave: 1,
  needs: [],
  optional: false,
  timeoutMs: 3_000,
  calls: {
    typical: 1,
    worst: 1,
    subrequests: { typical: 1, worst: 1 },
    sources: [{ upstream: "atlas", worst: 1, factors: [] }],
  },
  typicalMs: null,
  worstStartMs: 0,
  worstMs: 2_000,
  notes: [],
};

/** A branch of a canned plan. */
export const branch = (name: string, rest: Partial<BranchExplanation> = {}): BranchExplanation => ({
  ...BRANCH,
  name,
  ...rest,
});

/** A plan of three waves: one line skips the second, and calls queue in the last, for lanes are off. */
export const DEEP: Explanation = {
  name: "GET /api/things/:id",
  deadlineMs: 8_000,
  waves: [["order", "prices"], ["customer"], ["invoice"]],
  branches: [
    branch("order", { typicalMs: 110, target: "/orders/:id", notes: ["its 4xx is the answer's"] }),
    branch("customer", { wave: 2, needs: ["order"], target: "computed" }),
    branch("prices", { kind: "pages", optional: true }),
    branch("invoice", {
      wave: 3,
      needs: ["customer", "prices"],
      optional: true,
      kind: "each",
      calls: {
        typical: 2,
        worst: 13,
        subrequests: { typical: 2, worst: 13 },
        sources: [
          {
            upstream: "atlas",
            worst: 12,
            factors: [
              { count: 2, of: "batches" },
              { count: 3, of: "attempts" },
              { count: 2, of: "copies" },
            ],
          },
          { upstream: "mirror", worst: 1, factors: [] },
        ],
      },
    }),
  ],
  criticalPath: { branches: ["order", "customer", "invoice"], typicalMs: null, worstMs: 6_000 },
  subrequests: { typical: 5, worst: 60, redirected: 360, free: 50, paid: 10_000, fits: "paid" },
  connections: { atOnce: [2, 1, 9], queue: [{ wave: 3, waiting: 3 }], lanes: 0 },
};

/** The stream of a run of that plan in which a second attempt helped and a branch failed. */
export const LANDINGS = [
  ["branch", { name: "order", outcome: "ok", attempts: 2, elapsedMs: 90, value: { id: 7 } }],
  ["branch", { name: "prices", outcome: "ok", attempts: 0, elapsedMs: 1, notes: ["hit"], value: [] }],
  ["branch", { name: "customer", outcome: "ok", attempts: 1, elapsedMs: 40, value: "<b>Ada</b>" }],
  ["branch", { name: "invoice", outcome: "timeout", attempts: 2, elapsedMs: 70 }],
] as const;

const call = (kind: string, startMs: number, endMs: number, outcome = "ok", upstream = "atlas") => ({
  upstream,
  kind,
  startMs,
  endMs,
  outcome,
});

/** The end of that stream. */
export const SUMMARY = [
  "summary",
  {
    status: 200,
    durationMs: 200,
    incomplete: "invoice;timeout",
    _timeline: {
      durationMs: 200,
      spans: [
        {
          name: "order",
          startMs: 0,
          endMs: 90,
          outcome: "ok",
          notes: [],
          attempts: [call("first", 0, 30, "status=503"), call("retry", 50, 90)],
        },
        {
          name: "customer",
          startMs: 90,
          endMs: 130,
          outcome: "ok",
          notes: [],
          attempts: [call("first", 90, 130)],
        },
        { name: "prices", startMs: 0, endMs: 1, outcome: "ok", notes: ["hit"], attempts: [] },
        {
          name: "invoice",
          startMs: 130,
          endMs: 200,
          outcome: "timeout",
          notes: [],
          attempts: [
            call("first", 130, 200, "cancelled"),
            call("hedge", 150, 200, "cancelled"),
            call("fallback", 170, 200, "cancelled", "mirror"),
          ],
        },
      ],
    },
  },
] as const;
