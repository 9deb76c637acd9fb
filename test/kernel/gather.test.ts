import { describe, expect, expectTypeOf, it } from "vitest";
import { CancelledError, type CancelSignal, gather, settle, sleep, suppressed, VirtualClock } from "#kernel";

describe("gather", () => {
  it("runs all tasks at once and returns their results in order", async () => {
    const clock = new VirtualClock();
    const after =
      <T>(ms: number, value: T) =>
      async (signal: CancelSignal) => {
        await sleep(ms, signal, clock);
        return value;
      };
    const results = await clock.run(gather([after(30, "a"), after(10, 2), after(20, true)], { clock }));
    expectTypeOf(results).toEqualTypeOf<[string, number, boolean]>();
    expect(results).toEqual(["a", 2, true]);
    expect(clock.now()).toBe(30);
  });

  it("aborts the siblings at the first failure, with the failure as the cause, and waits for them", async () => {
    const clock = new VirtualClock();
    const failure = new Error("first");
    let reason: unknown;
    const sibling = async (signal: CancelSignal) => {
      await sleep(100, signal, clock).catch(() => undefined);
      ({ reason } = signal);
      await sleep(5, undefined, clock);
    };
    const failing = async () => {
      await sleep(10, undefined, clock);
      throw failure;
    };
    await expect(clock.run(gather([sibling, failing], { clock }))).rejects.toBe(failure);
    expect(clock.now()).toBe(15);
    expect(reason).toBeInstanceOf(CancelledError);
    expect(reason).toMatchObject({ name: "AbortError", cause: failure });
  });

  it("keeps later failures in `suppressed`, and not the echoes of the abort", async () => {
    const first = new Error("first");
    const second = new Error("second");
    const failing = async () => await Promise.reject(first);
    const alsoFailing = async () => await Promise.reject(second);
    const cancelled = async (signal: CancelSignal) => await sleep(100, signal);
    await expect(gather([cancelled, failing, alsoFailing])).rejects.toBe(first);
    expect(suppressed(first)).toEqual([second]);
  });

  it("keeps later failures also when the first one is no object", async () => {
    // oxlint-disable-next-line typescript/only-throw-error -- foreign code does
    const failing = async () => await Promise.reject("a string");
    const second = new Error("second");
    const error = await gather([failing, async () => await Promise.reject(second)]).catch((e: unknown) => e);
    expect(error).toMatchObject({ cause: "a string" });
    expect(suppressed(error)).toEqual([second]);
  });

  it("takes an AbortError of a task's own for a failure while nobody has aborted it", async () => {
    const own = new DOMException("own", "AbortError");
    await expect(gather([async () => await Promise.reject(own)])).rejects.toBe(own);
  });

  it("takes a throw before the task's promise for a failure, and starts no further task", async () => {
    const failure = new Error("thrown");
    const abort = new AbortController();
    let started = false;
    const throwing = () => {
      abort.abort(new Error("client gone"));
      throw failure;
    };
    const later = async () => {
      started = true;
    };
    await expect(gather([throwing, later], { signal: abort.signal })).rejects.toBe(failure);
    expect(started).toBe(false);
  });

  it("hands over the results when all tasks succeeded in spite of an abort", async () => {
    const abort = new AbortController();
    const stubborn = async () => {
      abort.abort(new Error("client gone"));
      return "done";
    };
    expect(await gather([stubborn], { signal: abort.signal })).toEqual(["done"]);
  });

  it("releases results that nobody receives", async () => {
    const released: string[] = [];
    const failure = new Error("failed");
    const opening = async () => ({ [Symbol.dispose]: () => released.push("sync") });
    const openingLater = async () => ({ [Symbol.asyncDispose]: async () => released.push("async") });
    const failing = async () => {
      await Promise.resolve();
      throw failure;
    };
    await expect(gather([opening, openingLater, failing])).rejects.toBe(failure);
    expect(released).toEqual(["sync", "async"]);
  });

  it("counts one error that passes by twice once", async () => {
    const failure = new Error("shared");
    const failing = async () => await Promise.reject(failure);
    await expect(gather([failing, failing])).rejects.toBe(failure);
    expect(suppressed(failure)).toEqual([]);
  });

  it("keeps a failure to release a result", async () => {
    const failure = new Error("failed");
    const stuck = new Error("cannot be released");
    const opening = async () => ({
      [Symbol.dispose]: () => {
        throw stuck;
      },
    });
    const failing = async () => {
      await Promise.resolve();
      throw failure;
    };
    await expect(gather([opening, failing])).rejects.toBe(failure);
    expect(suppressed(failure)).toEqual([stuck]);
  });

  it("returns an empty list for no tasks, unless it is aborted already", async () => {
    await expect(gather([], { signal: AbortSignal.abort(new Error("gone")) })).rejects.toThrow("gone");
  });

  it("returns an empty list for no tasks", async () => {
    expect(await gather([])).toEqual([]);
  });
});

describe("settle", () => {
  it("lets every task come to its own end and tells its times", async () => {
    const clock = new VirtualClock();
    const failure = new Error("broken");
    const slow = async (signal: CancelSignal) => {
      await sleep(30, signal, clock);
      return "slow";
    };
    const failing = async (signal: CancelSignal) => {
      await sleep(10, signal, clock);
      throw failure;
    };
    await clock.advance(5);
    expect(await clock.run(settle([slow, failing], { clock }))).toEqual([
      { ok: true, value: "slow", startMs: 5, endMs: 35 },
      { ok: false, error: failure, startMs: 5, endMs: 15 },
    ]);
  });

  it("starts nothing more once a task has aborted it", async () => {
    const abort = new AbortController();
    const started: string[] = [];
    const tasks = [
      async () => {
        started.push("first");
        abort.abort(new Error("enough"));
      },
      async () => void started.push("second"),
    ];
    await expect(settle(tasks, { signal: abort.signal })).rejects.toThrow("enough");
    expect(started).toEqual(["first"]);
  });

  it("throws the abort's reason after every task has ended, and keeps their failures", async () => {
    const abort = new AbortController();
    const reason = new Error("client gone");
    const failure = new Error("clean-up failed");
    const failing = async (signal: CancelSignal) => {
      await sleep(1_000, signal).catch(() => undefined);
      throw failure;
    };
    const outcome = settle([failing], { signal: abort.signal });
    abort.abort(reason);
    await expect(outcome).rejects.toBe(reason);
    expect(suppressed(reason)).toEqual([failure]);
  });
});
