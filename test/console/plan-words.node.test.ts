import { describe, expect, it } from "vitest";
import { summarizeCalls } from "../../console/call-words.ts";
import {
  describeBranch,
  describeCalls,
  describeConnections,
  describeFit,
  describeGraph,
  describeTimes,
  describeWave,
  isQueued,
} from "../../console/plan-words.ts";
import { branch, DEEP } from "./plans.ts";

const plain = (text: string) => text.replaceAll("\u00a0", " ");
const calls = (typical: number, worst: number) => ({
  typical,
  worst,
  subrequests: { typical, worst },
  sources: [],
});

describe("describeWave", () => {
  it.each([
    [{ atOnce: [1], queue: [], lanes: 0 }, "1 call"],
    [{ atOnce: [4], queue: [], lanes: 0 }, "4 at once"],
    [{ atOnce: [6], queue: [], lanes: 1 }, "6 at once"],
    [{ atOnce: [51], queue: [], lanes: 8 }, "51 at once, 45 over lanes"],
    [{ atOnce: [9], queue: [{ wave: 1, waiting: 3 }], lanes: 0 }, "9 at once, 3 of them wait"],
  ])("says of %j: %s", (connections, text) => {
    expect(describeWave(connections, 0)).toBe(text);
    expect(isQueued(connections, 0)).toBe(text.includes("wait"));
  });
});

describe("describeConnections", () => {
  it.each([
    [{ atOnce: [1], queue: [], lanes: 0 }, "one call at a time, none waits for one of the 6 connections"],
    [
      { atOnce: [4, 2], queue: [], lanes: 0 },
      "at most 4 calls at once, none waits for one of the 6 connections",
    ],
    [{ atOnce: [8], queue: [], lanes: 1 }, "at most 8 calls at once: 6 from here, the others over one lane"],
    [{ atOnce: [51], queue: [], lanes: 8 }, "at most 51 calls at once: 6 from here, the others over 8 lanes"],
    [
      DEEP.connections,
      "at most 9 calls at once; lanes are off, so 3 in wave 3 wait for one of the 6 connections",
    ],
  ])("says of %j", (connections, text) => {
    expect(describeConnections(connections)).toBe(text);
  });
});

describe("describeFit", () => {
  it.each([
    ["free", "fits the free plan which allows 50"],
    ["paid", "needs the paid plan the free one allows 50"],
    ["none", "fits no plan the paid one allows 10,000"],
  ] as const)("says of %s", (fits, text) => {
    const { short, long } = describeFit({ ...DEEP.subrequests, fits });
    expect(`${short} ${long}`).toBe(text);
  });
});

describe("describeTimes", () => {
  it("has what is usual only where that is known", () => {
    expect(plain(describeTimes(branch("a", { typicalMs: 110 })))).toBe("≈ 110 ms, ≤ 2 s");
    expect(plain(describeTimes(branch("a")))).toBe("≤ 2 s");
  });
});

describe("describeCalls", () => {
  it.each([
    [calls(1, 1), "1 call"],
    [calls(1, 6), "1–6 calls"],
    [calls(50, 50), "50 calls"],
  ])("says of %j: %s", (given, text) => {
    expect(describeCalls(given)).toBe(text);
  });
});

describe("describeBranch", () => {
  const of = (name: string) => DEEP.branches.find((one) => one.name === name) ?? expect.fail(name);

  it("says all that the drawing does", () => {
    expect(plain(describeBranch(of("order"), true))).toBe(
      "/orders/:id of atlas: required; starts at once; on the critical path; usually 110 ms, at most 2 s; 1 call; its 4xx is the answer's.",
    );
    expect(plain(describeBranch(of("invoice"), false))).toBe(
      "/things of atlas: optional; waits for customer and prices; at most 2 s; 2–13 calls (2 batches × 3 attempts × 2 copies and 1 at mirror).",
    );
  });
});

describe("describeGraph", () => {
  it("names the waves and the critical path", () => {
    expect(describeGraph(DEEP)).toBe(
      "Graph of the plan. wave 1: order, prices; wave 2: customer; wave 3: invoice. Critical path: order, then customer, then invoice.",
    );
  });
});

describe("summarizeCalls", () => {
  const call = (kind: "first" | "retry" | "hedge" | "fallback") => ({
    upstream: "atlas",
    kind,
    startMs: 0,
    endMs: 1,
    outcome: "ok",
  });
  const span = { name: "a", startMs: 0, endMs: 1, outcome: "ok" };

  it.each([
    ["", undefined],
    ["", []],
    ["", [call("first")]],
    ["3 calls", [call("first"), call("first"), call("first")]],
    ["2 calls: 1 retry", [call("first"), call("retry")]],
    ["4 calls: 2 second copies, 1 stand-in", [call("first"), call("hedge"), call("hedge"), call("fallback")]],
  ])("says %j", (text, attempts) => {
    expect(summarizeCalls(attempts === undefined ? span : { ...span, attempts })).toBe(text);
  });
});
