import { describe, expect, it } from "vitest";
import { VirtualClock } from "#kernel";
import type { BeatAnswer } from "../../src/tasks/settle.ts";
import { DEFAULT_SETTINGS } from "../../src/tasks/settings.ts";
import { createShard } from "../../src/tasks/shard.ts";
import { memoryTasks } from "./memory-tasks.ts";
import { rowOf } from "./store-contract.ts";

function open(store = memoryTasks()) {
  const clock = new VirtualClock();
  const alarms: number[] = [];
  const sent: string[] = [];
  const shard = createShard({
    store,
    settings: DEFAULT_SETTINGS,
    policies: {},
    savePolicies: () => undefined,
    epochMs: () => clock.now(),
    clock,
    random: () => 0.5,
    send: async (ids) => await Promise.resolve(void sent.push(...ids)),
    hasFrailQueue: false,
    setAlarm: (atMs) => void alarms.push(atMs),
    defer: (work) => void work,
    report: () => undefined,
  });
  return { shard, clock, alarms, sent };
}

describe("a shard that is opened", () => {
  it("looks what is due, for the platform gives up on an alarm that fails again and again", async () => {
    const store = memoryTasks();
    store.put(rowOf("later", { state: "scheduled", wakeMs: 60_000 }));
    expect(open(store).alarms).toEqual([60_000]);
    store.put(rowOf("now"));
    const { alarms, sent, clock } = open(store);
    // For a crash before it is sent.
    expect(alarms).toEqual([1_000]);
    await clock.advance(0);
    expect(sent).toEqual(["now"]);
  });

  it("sets no alarm where there is nothing to do", () => {
    expect(open().alarms).toEqual([]);
  });
});

describe("a policy of a version that knew less", () => {
  it("is filled in", () => {
    const { shard } = open();
    const policies = { t: { attempts: 2 } } as never;
    shard.enqueue(policies, [{ id: "a", type: "t", payload: "{}" }]);
    const [claimed] = shard.claim(policies, "w", ["a"]);
    const outcome = { kind: "failed", error: { code: "threw", message: "" }, isRetryable: true } as const;
    shard.report([{ id: "a", fence: claimed?.fence ?? 0, outcome }]);
    // By the pause of the default.
    expect(shard.look("a")?.row).toMatchObject({ state: "scheduled", dueMs: 500 });
  });
});

describe("a worker's sign of life", () => {
  async function running(holdMs = 10_000) {
    const opened = open();
    const { shard } = opened;
    shard.enqueue(
      {},
      ["a", "b"].map((id) => ({ id, type: "t", payload: "{}" })),
    );
    const beats = shard.claim({}, "w", ["a", "b"]).map(({ id, fence }) => ({ id, fence }));
    let answer: BeatAnswer | undefined;
    void shard.beat(beats, holdMs).then((given) => (answer = given));
    await opened.clock.advance(10);
    return { ...opened, answered: () => answer };
  }

  it("is not answered because the worker's own tasks end, each of which would be a sign of life of all others", async () => {
    const { shard, clock, answered } = await running();
    shard.report([{ id: "a", fence: 1, outcome: { kind: "succeeded" } }]);
    await clock.advance(9_000);
    expect(answered()).toBeUndefined();
    // Nobody listens any more when the last one ends.
    shard.report([{ id: "b", fence: 1, outcome: { kind: "succeeded" } }]);
    await clock.advance(0);
    expect(answered()).toEqual({ cancel: [], lost: ["a", "b"] });
  });

  it("is not answered because of how far the worker says that it is", async () => {
    const { shard, clock, answered } = await running();
    await shard.beat([{ id: "a", fence: 1, progress: { fraction: 0.5 } }], 0);
    await clock.advance(9_000);
    expect(answered()).toBeUndefined();
  });

  it("is one sign of life, however long its answer is held: who asked may be gone by then", async () => {
    const { shard, clock, answered } = await running();
    await clock.advance(10_000);
    expect(answered()).toEqual({ cancel: [], lost: [] });
    expect(shard.look("a")?.row.leaseMs).toBe(DEFAULT_SETTINGS.leaseMs);
    await clock.advance(DEFAULT_SETTINGS.leaseMs - 10_000);
    await shard.alarm();
    expect(shard.look("a")?.row).toMatchObject({ state: "scheduled", lost: 1 });
  });

  it("is answered at once when one is to be cancelled, or somebody else has it", async () => {
    const cancelled = await running();
    cancelled.shard.cancel("b");
    await cancelled.clock.advance(0);
    expect(cancelled.answered()).toEqual({ cancel: ["b"], lost: [] });

    const { shard, clock, answered } = await running();
    const error = { code: "x", message: "" };
    const failed = { kind: "failed", error, isRetryable: true, retryAfterMs: 5 } as const;
    shard.report([{ id: "a", fence: 1, outcome: failed }]);
    await clock.advance(10);
    await shard.alarm();
    expect(answered()).toBeUndefined();
    expect(shard.claim({}, "other", ["a"])).toHaveLength(1);
    await clock.advance(0);
    expect(answered()).toEqual({ cancel: [], lost: ["a"] });
  });

  it("is answered at once when its lease runs out meanwhile, though nobody else has it yet", async () => {
    const { shard, clock, answered } = await running(2 * DEFAULT_SETTINGS.leaseMs);
    await clock.advance(1_000);
    await shard.beat([{ id: "b", fence: 1 }], 0);
    await clock.advance(DEFAULT_SETTINGS.leaseMs - 1_000);
    expect(answered()).toBeUndefined();
    await shard.alarm();
    await clock.advance(0);
    expect(answered()).toEqual({ cancel: [], lost: ["a"] });
  });
});
