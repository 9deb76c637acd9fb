import { describe, expect, it } from "vitest";
import { DEFAULT_POLICY, type TaskPolicy } from "../../src/tasks/define.ts";
import { createLedger } from "../../src/tasks/ledger.ts";
import { DEFAULT_SETTINGS } from "../../src/tasks/settings.ts";
import type { Outcome } from "../../src/tasks/settle.ts";
import { memoryTasks } from "./memory-tasks.ts";

const DONE: Outcome = { kind: "succeeded" };
const FAILED: Outcome = { kind: "failed", error: { code: "threw", message: "no" }, isRetryable: true };
const { leaseMs, sweepMs, graceMs } = DEFAULT_SETTINGS;

function open(policy: Partial<TaskPolicy> = {}) {
  const store = memoryTasks();
  const ledger = createLedger({
    store,
    settings: DEFAULT_SETTINGS,
    policyOf: () => ({ ...DEFAULT_POLICY, ...policy }),
    random: () => 0.5,
    noteChange: () => undefined,
  });
  const add = (id: string, slot?: string, nowMs = 0) =>
    ledger.enqueue([{ id, type: "t", payload: "null", slot }], nowMs);
  /** Does what is due, and says which messages are sent. */
  const send = (nowMs: number) => {
    ledger.tick(nowMs);
    const ids = ledger.outbox(nowMs, 100).map(({ id }) => id);
    ledger.published(ids, { readMs: nowMs, nowMs });
    return ids;
  };
  const claim = (nowMs: number, ...ids: string[]) => ledger.claim("w", ids, nowMs).map(({ id }) => id);
  const settle = (id: string, outcome: Outcome, nowMs: number) =>
    ledger.report([{ id, fence: store.row(id)?.fence ?? 0, outcome }], nowMs);
  const stateOf = (id: string) => store.row(id)?.state;
  return { ledger, store, add, send, claim, settle, stateOf };
}

describe("counts", () => {
  it("are kept from call to call, and are of what was written where a call fails", () => {
    const { ledger, store, add, send, claim } = open();
    expect(ledger.counts()).toEqual([]);
    add("a");
    add("b");
    claim(0, ...send(0));
    expect(ledger.counts()).toEqual([{ type: "t", state: "running", count: 2 }]);
    store.putText = (id) => {
      if (id === "d") throw new Error("The disk is full");
    };
    const tasks = ["c", "d"].map((id) => ({ id, type: "t", payload: "null" }));
    expect(() => ledger.enqueue(tasks, 0)).toThrow("The disk is full");
    expect(ledger.counts()).toEqual([{ type: "t", state: "running", count: 2 }]);
  });
});

describe("a claim", () => {
  it("gives few payloads that are kept elsewhere to one worker at once, and the others soon", () => {
    const { ledger, send, claim, settle } = open();
    const ids = Array.from({ length: 20 }, (_, nth) => `a${nth + 10}`);
    ledger.enqueue(
      ids.map((id) => ({ id, type: "t", payload: `@${id}/payload` })),
      0,
    );
    ledger.enqueue([{ id: "small", type: "t", payload: "null" }], 0);
    expect(claim(0, ...send(0))).toEqual([...ids.slice(0, 8), "small"]);
    expect(claim(0, ...ids)).toEqual(ids.slice(8, 16));
    expect(send(249)).toEqual([]);
    for (const id of ids.slice(0, 16)) settle(id, DONE, 249);
    expect(claim(250, ...send(250))).toEqual(ids.slice(16));
  });
});

describe("concurrency", () => {
  it("is counted for each key, and lets the next one of a key go when one ends", () => {
    const { add, send, claim, settle } = open({ concurrency: 1 });
    for (const [id, slot] of [["a1", "a"], ["a2", "a"], ["a3", "a"], ["b1", "b"]] as const) add(id, slot); // prettier-ignore
    expect(claim(0, ...send(0))).toEqual(["a1", "b1"]);
    expect(send(5)).toEqual([]);
    settle("a1", DONE, 10);
    expect(send(10)).toEqual(["a2"]);
    expect(claim(10, "a3", "a2")).toEqual(["a3"]);
    settle("a3", DONE, 20);
    expect(claim(20, ...send(20))).toEqual(["a2"]);
  });
});

describe("a lease", () => {
  it("that is lost three times in a row makes a task poison", () => {
    const { add, send, claim, settle, store } = open();
    add("a");
    let nowMs = 0;
    const lose = () => {
      expect(claim(nowMs, ...send(nowMs))).toEqual(["a"]);
      nowMs += leaseMs;
      send(nowMs);
    };
    lose();
    lose();
    expect(store.row("a")?.error?.code).toBe("lease-lost");
    expect(claim(nowMs, ...send(nowMs))).toEqual(["a"]);
    settle("a", FAILED, nowMs);
    nowMs += 10_000;
    lose();
    lose();
    expect(store.row("a")).toMatchObject({ state: "dead", attempt: 5, error: { code: "lease-lost" } });
    add("b", undefined, nowMs);
    for (let time = 0; time < 3; time += 1) {
      claim(nowMs, ...send(nowMs));
      nowMs += leaseMs;
      send(nowMs);
    }
    expect(store.row("b")).toMatchObject({ state: "dead", attempt: 3, error: { code: "poison" } });
  });
});

describe("a rate", () => {
  it("lets no more start than it says, and has the others published when they may", () => {
    const { add, send, claim } = open({ rate: { count: 1, perMs: 1_000 } });
    for (const id of ["a", "b", "c"]) add(id);
    expect(claim(0, ...send(0))).toEqual(["a"]);
    expect(send(999)).toEqual([]);
    expect(claim(1_000, ...send(1_000))).toEqual(["b"]);
    expect(claim(2_000, ...send(2_000))).toEqual(["c"]);
  });
});

describe("what is forgotten", () => {
  it("is counted no more, and its group goes with the last of it", () => {
    const { ledger, store, send, claim, settle } = open({ retentionMs: 1_000 });
    const tasks = ["a", "b"].map((id) => ({ id, type: "t", payload: "null" }));
    ledger.enqueueGroup({ id: "g", tasks }, 0);
    claim(0, ...send(0));
    settle("a", DONE, 0);
    settle("b", DONE, 500);
    expect(ledger.counts()).toEqual([{ type: "t", state: "succeeded", count: 2 }]);
    send(1_000);
    expect([store.row("a"), store.group("g")?.id]).toEqual([undefined, "g"]);
    send(1_500);
    expect([ledger.counts(), store.group("g")]).toEqual([[], undefined]);
  });
});

describe("a worker that falls silent", () => {
  function running(nowMs = 0) {
    const opened = open();
    opened.add("a");
    opened.claim(nowMs, ...opened.send(nowMs));
    return opened;
  }

  it("loses its fence with its lease, and the next worker has a higher one", () => {
    const { ledger, store, send, claim } = running();
    send(leaseMs - 1);
    expect(store.row("a")).toMatchObject({ state: "running", fence: 1 });
    const again = send(leaseMs);
    expect(store.row("a")).toMatchObject({ fence: 2, lost: 1, error: { code: "lease-lost" } });
    expect(store.row("a")?.error?.message).toBe("The worker w fell silent");
    claim(leaseMs, ...again, ...send(leaseMs));
    expect(store.row("a")).toMatchObject({ state: "running", fence: 3 });
    expect(ledger.report([{ id: "a", fence: 1, outcome: DONE }], leaseMs)).toEqual(["a"]);
  });

  it("loses its fence where it does not stop in time", () => {
    const { ledger, store, send } = running();
    ledger.cancel("a", 1_000);
    ledger.cancel("a", 2_000); // gives it no more time
    send(999 + graceMs);
    expect(store.row("a")).toMatchObject({ state: "running", fence: 1 });
    send(1_000 + graceMs);
    expect(store.row("a")).toMatchObject({ state: "cancelled", fence: 2 });
    expect(ledger.report([{ id: "a", fence: 1, outcome: DONE }], 9_000)).toEqual(["a"]);
  });

  it("is not replaced where its task was to be cancelled", () => {
    const { ledger, store, send } = running();
    ledger.cancel("a", leaseMs - 1);
    send(leaseMs);
    expect(store.row("a")).toMatchObject({ state: "cancelled", fence: 2 });
  });
});

describe("a sign of life", () => {
  function running() {
    const opened = open();
    opened.add("a");
    opened.claim(0, ...opened.send(0));
    return { ...opened, rowOfA: () => opened.store.row("a") };
  }

  it("renews the lease, and changes nothing that anybody sees", () => {
    const { ledger, rowOfA } = running();
    const before = rowOfA();
    expect(ledger.beat([{ id: "a", fence: 1 }], 5_000)).toEqual({ cancel: [], lost: [] });
    const renewed = { leaseMs: 5_000 + leaseMs, wakeMs: 5_000 + leaseMs };
    expect(rowOfA()).toEqual({ ...before, ...renewed });
  });

  it("tells how far the task is", () => {
    const { ledger, rowOfA } = running();
    const version = rowOfA()?.version ?? 0;
    const progress = { fraction: 0.5, note: "half" };
    ledger.beat([{ id: "a", fence: 1, progress }], 5_000);
    expect(rowOfA()).toMatchObject({ progress, version: version + 1, leaseMs: 5_000 + leaseMs });
  });

  it("notes that texts may be kept elsewhere, only where that is said", () => {
    const { ledger, rowOfA } = running();
    ledger.beat([{ id: "a", fence: 1, spills: false }], 1);
    expect(rowOfA()).not.toHaveProperty("spilled", true);
    ledger.beat([{ id: "a", fence: 1, spills: true }], 2);
    ledger.beat([{ id: "a", fence: 1 }], 3);
    expect(rowOfA()).toHaveProperty("spilled", true);
  });

  it("of who has not the lease any more is none, and neither is a record of theirs", () => {
    const { ledger, send, claim, settle, rowOfA } = running();
    settle("a", { ...FAILED, retryAfterMs: 0 }, 1);
    claim(2, ...send(2));
    const before = rowOfA();
    const progress = { fraction: 1 };
    const beats = [
      { id: "a", fence: 1, progress, spills: true },
      { id: "nobody", fence: 1 },
    ];
    expect(ledger.beat(beats, 9_000)).toEqual({ cancel: [], lost: ["a", "nobody"] });
    expect(ledger.saveRecord({ id: "a", fence: 1 }, "late")).toBe(false);
    expect(rowOfA()).toEqual(before);
    expect(ledger.saveRecord({ id: "a", fence: before?.fence ?? 0 }, "mine")).toBe(true);
    expect(rowOfA()).toEqual({ ...before, record: "mine" });
    settle("a", DONE, 9_000);
    expect(ledger.beat([{ id: "a", fence: before?.fence ?? 0 }], 9_001).lost).toEqual(["a"]);
    expect(rowOfA()).toMatchObject({ state: "succeeded", leaseMs: undefined });
  });

  it("does not put off the end of who was asked to stop", () => {
    const { ledger, send, stateOf, rowOfA } = running();
    ledger.cancel("a", 1_000);
    expect(ledger.beat([{ id: "a", fence: 1 }], 2_000)).toEqual({ cancel: ["a"], lost: [] });
    expect(rowOfA()?.wakeMs).toBe(1_000 + graceMs);
    expect(ledger.beat([{ id: "a", fence: 1, isTold: true }], 3_000)).toEqual({ cancel: [], lost: [] });
    send(1_000 + graceMs - 1);
    expect(stateOf("a")).toBe("running");
    send(1_000 + graceMs);
    expect(stateOf("a")).toBe("cancelled");
    expect(ledger.beat([{ id: "a", fence: 1 }], 9_000).lost).toEqual(["a"]);
  });
});

describe("a report", () => {
  function running() {
    const opened = open();
    opened.add("a");
    opened.claim(0, ...opened.send(0));
    return opened;
  }

  it("counts once, and a second one is refused, and noted", () => {
    const { ledger, store } = running();
    const reports = [DONE, FAILED].map((outcome) => ({ id: "a", fence: 1, outcome }));
    expect(ledger.report([...reports, { id: "nobody", fence: 1, outcome: DONE }], 5)).toEqual([
      "a",
      "nobody",
    ]);
    expect(store.row("a")?.state).toBe("succeeded");
    expect(store.row("a")?.events.at(-1)).toMatchObject({ what: "refused", fence: 1, atMs: 5 });
    expect(ledger.report([{ id: "a", fence: 2, outcome: FAILED }], 6)).toEqual(["a"]);
    expect(store.row("a")?.state).toBe("succeeded");
  });

  it("of a failure is the end where the task was to be cancelled", () => {
    const { ledger, store, settle } = running();
    ledger.cancel("a", 1);
    settle("a", FAILED, 2);
    expect(store.row("a")).toMatchObject({ state: "cancelled", error: { code: "threw" } });
  });
});

describe("the sweep", () => {
  it("publishes again what nobody has claimed for a minute, and not before", () => {
    const { add, send } = open();
    add("a");
    expect([send(0), send(sweepMs - 1), send(sweepMs)]).toEqual([["a"], [], ["a"]]);
  });

  it("does not hold up what was run while its message was sent", () => {
    const { add, ledger, claim, settle, send } = open();
    add("a");
    expect(ledger.outbox(0, 1)).toHaveLength(1);
    claim(5, "a");
    settle("a", { ...FAILED, retryAfterMs: 5 }, 10);
    ledger.tick(15);
    ledger.published(["a"], { readMs: 0, nowMs: 20 });
    expect(send(20)).toEqual(["a"]);
  });

  it("publishes all again at once when the messages are lost", () => {
    const { add, send, ledger } = open();
    add("a");
    expect(send(0)).toEqual(["a"]);
    ledger.publishAgain(10);
    expect(send(10)).toEqual(["a"]);
  });
});

describe("what has waited too long", () => {
  it("expires, unless it has started once", () => {
    const { add, send, claim, settle, stateOf } = open({ startWithinMs: 1_000 });
    add("a");
    add("b");
    claim(0, "b");
    settle("b", { ...FAILED, retryAfterMs: 5_000 }, 10);
    expect(send(1_000)).toEqual([]);
    expect(stateOf("a")).toBe("expired");
    expect(claim(6_000, ...send(6_000))).toEqual(["b"]);
  });
});

describe("a clean-up", () => {
  /** A task that runs again since 10, and its clean-up of the first time, which runs since 20. */
  function both() {
    const opened = open({ attempts: 1 });
    const { ledger, add, claim, settle } = opened;
    add("task_1");
    claim(0, "task_1");
    ledger.saveRecord({ id: "task_1", fence: 1 }, "first");
    settle("task_1", FAILED, 0);
    ledger.retry("task_1", 5);
    claim(10, "task_1");
    ledger.saveRecord({ id: "task_1", fence: 2 }, "second");
    expect(claim(20, "clean_1")).toEqual(["clean_1"]);
    ledger.counts();
    return opened;
  }
  const COUNTS = [
    { type: "t", state: "dead", count: 1 },
    { type: "$clean-up", state: "queued", count: 1 },
  ];

  it("that is ordered anew is not lost where both fall silent at once", () => {
    const { ledger, store } = both();
    ledger.tick(20 + leaseMs);
    expect(store.row("clean_1")).toMatchObject({ state: "queued", attempt: 0, lost: 0 });
    expect(ledger.counts()).toEqual(expect.arrayContaining(COUNTS));
    expect(ledger.counts()).toHaveLength(2);
  });

  it("that is ordered anew has not ended where both are reported at once", () => {
    const { ledger, store } = both();
    const reports = [
      { id: "task_1", fence: 2, outcome: FAILED },
      { id: "clean_1", fence: 1, outcome: DONE },
    ];
    expect(ledger.report(reports, 30)).toEqual(["clean_1"]);
    expect(store.row("clean_1")).toMatchObject({ state: "queued", attempt: 0 });
    expect(ledger.counts()).toHaveLength(2);
  });

  it("that is ordered anew by the claim that gives it away has all its attempts", () => {
    const { ledger, store, add, claim, settle, stateOf } = open({ attempts: 2, startWithinMs: 50 });
    add("task_1");
    claim(0, "task_1");
    ledger.saveRecord({ id: "task_1", fence: 1 }, "first");
    settle("task_1", { ...FAILED, isRetryable: false }, 0);
    ledger.retry("task_1", 5);
    claim(10, "clean_1");
    settle("clean_1", FAILED, 10);
    ledger.tick(40_000);
    expect([stateOf("task_1"), stateOf("clean_1")]).toEqual(["queued", "queued"]);
    expect(claim(40_000, "task_1", "clean_1")).toEqual(["clean_1"]);
    expect(store.row("clean_1")).toMatchObject({ attempt: 1 });
  });

  it("comes again for a task that ends again, and under a fence of its own", () => {
    const { add, claim, settle, ledger, store, stateOf } = open({ attempts: 1 });
    add("task_1");
    for (const nowMs of [0, 100]) {
      claim(nowMs, "task_1");
      ledger.saveRecord({ id: "task_1", fence: store.row("task_1")?.fence ?? 0 }, nowMs);
      settle("task_1", FAILED, nowMs);
      expect(claim(nowMs, "clean_1")).toEqual(["clean_1"]);
      ledger.retry("task_1", nowMs + 1);
    }
    expect(store.row("clean_1")).toMatchObject({ state: "running", fence: 2 });
    expect(ledger.report([{ id: "clean_1", fence: 1, outcome: DONE }], 101)).toEqual(["clean_1"]);
    expect(stateOf("clean_1")).toBe("running");
  });
});
