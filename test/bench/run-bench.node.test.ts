import { describe, expect, it } from "vitest";
import {
  type Bench,
  type BenchCase,
  type Contender,
  MissingError,
  WrongAnswerError,
} from "../../bench/harness/bench.ts";
import { runBench } from "../../bench/harness/run-bench.ts";

type World = AsyncDisposable;

/** Runs a bench of such contenders, and notes what happens. */
async function run(
  contenders: readonly ((events: string[]) => Contender<World, BenchCase>)[],
  { isQuick = false }: { readonly isQuick?: boolean } = {},
) {
  const events: string[] = [];
  const bench: Bench<World, BenchCase> = {
    name: "example",
    claim: "",
    metrics: [{ name: "n", better: "more", isDrawn: false }],
    cases: [
      { name: "first", isQuick: true },
      { name: "second", isQuick: false },
    ],
    contenders: contenders.map((make) => make(events)),
    targets: [],
    notes: [],
    setUp: () => Promise.resolve({ [Symbol.asyncDispose]: async () => void events.push("end of world") }),
  };
  const result = await runBench(bench, { rounds: 2, isQuick, log: () => {} });
  return { events, result };
}

/** A contender whose rounds give 1, 2, …, or fail. */
function contender(
  name: string,
  {
    start,
    fail,
    end,
    per = 1,
    rounds,
    warning,
  }: {
    start?: Error;
    fail?: Error;
    end?: Error;
    per?: number;
    rounds?: number;
    warning?: string;
  } = {},
): (events: string[]) => Contender<World, BenchCase> {
  return (events) => ({
    name,
    ...(rounds !== undefined && { limit: () => ({ rounds, because: "it is slow" }) }),
    async start() {
      if (start !== undefined) throw start;
      let n = 0;
      return {
        async measure(work, { isWarmUp, warn }) {
          if (warning !== undefined) warn(warning);
          events.push(`${work.name} ${name}${isWarmUp ? " warms up" : ""}`);
          if (fail !== undefined && !isWarmUp) throw fail;
          if (!isWarmUp) n += 1;
          return { n: n / per };
        },
        async [Symbol.asyncDispose]() {
          if (end !== undefined) throw end;
          events.push(`end of ${name}`);
        },
      };
    },
  });
}

describe("runBench", () => {
  it("warms everyone up in a case, measures them in turn, and ends them before the world", async () => {
    const { events } = await run([contender("A"), contender("B")], { isQuick: true });
    expect(events).toEqual([
      "first A warms up",
      "first B warms up",
      "first A",
      "first B",
      "first A",
      "first B",
      "end of B",
      "end of A",
      "end of world",
    ]);
  });

  it("keeps what was measured when a contender does not end", async () => {
    const { result, events } = await run([contender("A"), contender("B", { end: new Error("busy") })], {
      isQuick: true,
    });
    expect(result.cases[0]?.contenders).toMatchObject([{ kind: "measured" }, { kind: "measured" }]);
    expect(events.slice(-2)).toEqual(["end of A", "end of world"]);
  });

  it("keeps one sample a round, and none of the warm-up", async () => {
    const { result } = await run([contender("A")]);
    expect(result.cases.map(({ contenders }) => contenders)).toEqual([
      [{ name: "A", kind: "measured", samples: [{ n: 1 }, { n: 2 }] }],
      [{ name: "A", kind: "measured", samples: [{ n: 3 }, { n: 4 }] }],
    ]);
  });

  it("keeps what is to be known of a round's numbers, but not of the warm-up's", async () => {
    const { result } = await run([contender("A", { warning: "late" })], { isQuick: true });
    expect(result.cases[0]?.contenders).toMatchObject([{ warnings: ["round 1: late", "round 2: late"] }]);
  });

  it("says of each who has no numbers why, and goes on with the others", async () => {
    const { result, events } = await run(
      [
        contender("missing", { start: new MissingError("not installed") }),
        contender("broken", { start: new Error("port taken") }),
        contender("wrong", { fail: new WrongAnswerError("status 500") }),
        contender("failing", { fail: new Error("gone") }),
        contender("dividing", { per: 0 }),
        contender("too slow", { rounds: 0 }),
        contender("slow", { rounds: 1 }),
        contender("A"),
      ],
      { isQuick: true },
    );
    expect(result.cases[0]?.contenders).toEqual([
      { name: "missing", kind: "skipped", because: "not installed" },
      { name: "broken", kind: "failed", what: "port taken" },
      { name: "wrong", kind: "wrong", what: "status 500" },
      { name: "failing", kind: "failed", what: "gone" },
      { name: "dividing", kind: "failed", what: "Expected `n` to be a number, got NaN" },
      { name: "too slow", kind: "skipped", because: "it is slow" },
      { name: "slow", kind: "measured", samples: [{ n: 1 }], fewerBecause: "it is slow" },
      { name: "A", kind: "measured", samples: [{ n: 1 }, { n: 2 }] },
    ]);
    expect(events.filter((event) => event === "first wrong")).toHaveLength(1);
    expect(events.filter((event) => event.startsWith("first too slow"))).toEqual([]);
  });
});
