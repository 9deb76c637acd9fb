import { describe, expect, it } from "vitest";
import { VirtualClock } from "#kernel";
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
