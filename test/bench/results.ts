import type { Result } from "../../bench/harness/result.ts";

/** A run of two rounds in which Manifold did 80 and 90 per cent of what was done by hand. */
export const RESULT: Result = {
  name: "example",
  claim: "It is nearly as fast.",
  notes: ["Nothing of this was measured."],
  measuredAt: "2026-11-23T10:00:00.000Z",
  durationMs: 12_300,
  machine: {
    cpu: "Some CPU",
    cores: 2,
    memoryGiB: 23.5,
    os: "Linux 6",
    node: "24.0.0",
    workerd: "1.20260101.0",
  },
  otherCores: 0.5,
  isQuick: false,
  rounds: 2,
  metrics: [
    { name: "requests/s", better: "more", isDrawn: true },
    { name: "p99 ms", better: "less", isDrawn: false },
    { name: "never measured", better: "less", isDrawn: true },
  ],
  cases: [
    {
      name: "one & all",
      contenders: [
        { name: "by hand", kind: "measured", samples: [{ "requests/s": 1_000 }, { "requests/s": 2_000 }] },
        {
          name: "manifold",
          kind: "measured",
          samples: [
            { "requests/s": 800, "p99 ms": 2 },
            { "requests/s": 1_800, "p99 ms": 4 },
          ],
          fewerBecause: "a round takes 9 s",
          warnings: ["round 2: the load was late"],
        },
        { name: "absent", kind: "skipped", because: "it is not installed" },
        { name: "wrong <b>", kind: "wrong", what: "status 500" },
        { name: "broken", kind: "failed", what: "it ended" },
      ],
    },
  ],
  targets: [
    { case: "one & all", contender: "manifold", metric: "requests/s", against: "by hand", atLeast: 0.8 },
    { case: "one & all", contender: "manifold", metric: "requests/s", against: "by hand", atLeast: 0.9 },
    { case: "one & all", contender: "manifold", metric: "p99 ms", atMost: 3 },
    { case: "one & all", contender: "manifold", metric: "p99 ms", atMost: 2.9 },
    { case: "one & all", contender: "manifold", metric: "requests/s", against: "absent", atLeast: 1 },
    { case: "another", contender: "manifold", metric: "requests/s", atLeast: 1 },
  ],
};
