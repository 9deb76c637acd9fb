import { describe, expect, it } from "vitest";
import {
  type CancelSignal,
  retry,
  RetryBudget,
  type RetryPolicy,
  sleep,
  suppressed,
  VirtualClock,
} from "#kernel";

const policy: RetryPolicy = {
  attempts: 4,
  baseMs: 100,
  capMs: 300,
  isRetryable: () => true,
  random: () => 0.5,
};

/** A task that fails as often as it is told, noting when it is tried. */
function failing(clock: VirtualClock, times: number) {
  const triedMs: number[] = [];
  const errors: Error[] = [];
  const task = async () => {
    triedMs.push(clock.now());
    if (triedMs.length > times) return "done";
    const error = new Error(`failure ${triedMs.length}`);
    errors.push(error);
    throw error;
  };
  return { triedMs, errors, task };
}

describe("retry", () => {
  it("pauses a random share of a bound that doubles up to the cap", async () => {
    const clock = new VirtualClock();
    const { triedMs, task } = failing(clock, 3);
    expect(await clock.run(retry(task, policy, { clock }))).toBe("done");
    expect(triedMs).toEqual([0, 50, 150, 300]);
  });

  it("gives up after the last attempt with the last failure, the earlier ones kept", async () => {
    const clock = new VirtualClock();
    const { errors, task } = failing(clock, 9);
    const error = await clock.run(retry(task, policy, { clock })).catch((e: unknown) => e);
    expect(error).toBe(errors[3]);
    expect(suppressed(error)).toEqual(errors.slice(0, 3));
  });

  it("tells the task which attempt it is", async () => {
    const seen: number[] = [];
    const task = async (_signal: CancelSignal, _span: unknown, attempt: number) => {
      seen.push(attempt);
      if (attempt < 3) throw new Error("again");
    };
    const clock = new VirtualClock();
    await clock.run(retry(task, policy, { clock }));
    expect(seen).toEqual([1, 2, 3]);
  });

  it("does not retry what cannot be helped", async () => {
    const clock = new VirtualClock();
    const { triedMs, task } = failing(clock, 9);
    await expect(clock.run(retry(task, { ...policy, isRetryable: () => false }, { clock }))).rejects.toThrow(
      "1",
    );
    expect(triedMs).toHaveLength(1);
  });

  it("waits as long as the other side asked", async () => {
    const clock = new VirtualClock();
    const { triedMs, task } = failing(clock, 1);
    await clock.run(retry(task, { ...policy, retryAfterMs: () => 2_000 }, { clock }));
    expect(triedMs).toEqual([0, 2_000]);
  });

  it("begins no pause that would end after the total", async () => {
    const clock = new VirtualClock();
    const { triedMs, task } = failing(clock, 9);
    await expect(clock.run(retry(task, { ...policy, totalMs: 149 }, { clock }))).rejects.toThrow("failure 2");
    expect(triedMs).toEqual([0, 50]);
    expect(clock.now()).toBe(50);
    const inTime = failing(clock, 2);
    expect(await clock.run(retry(inTime.task, { ...policy, totalMs: 150 }, { clock }))).toBe("done");
  });

  it("throws the failure it paused for when it is aborted in the pause", async () => {
    const clock = new VirtualClock();
    const abort = new AbortController();
    const { errors, task } = failing(clock, 9);
    const outcome = retry(task, policy, { clock, signal: abort.signal }).catch((error: unknown) => error);
    await clock.advance(20);
    abort.abort();
    expect(await outcome).toBe(errors[0]);
    expect(suppressed(errors[0])).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it("spends nothing on an attempt that fails by itself while it is aborted", async () => {
    const budget = new RetryBudget({ ratio: 0, minPerSecond: 1 }, new VirtualClock());
    const abort = new AbortController();
    const failure = new Error("down");
    const task = async () => {
      abort.abort();
      throw failure;
    };
    await expect(retry(task, { ...policy, budget }, { signal: abort.signal })).rejects.toBe(failure);
    expect(budget.trySpend()).toBe(true);
  });

  it("spends from a budget that many calls share", async () => {
    const clock = new VirtualClock();
    const budget = new RetryBudget({ ratio: 0.2, minPerSecond: 0, max: 10 }, clock);
    let tries = 0;
    const task = async () => {
      tries += 1;
      throw new Error("down");
    };
    for (let call = 0; call < 100; call += 1) {
      await clock.run(retry(task, { ...policy, budget, random: () => 0 }, { clock })).catch(() => undefined);
    }
    expect(tries).toBe(120);
  });

  it("keeps the failures before an attempt that is aborted beside the reason", async () => {
    const clock = new VirtualClock();
    const abort = new AbortController();
    const reason = new Error("client gone");
    const failure = new Error("first");
    const task = async (signal: CancelSignal, _span: unknown, attempt: number) => {
      if (attempt === 1) throw failure;
      // What is older than reasons rejects with an error of its own.
      await sleep(1_000, signal, clock).catch(() => Promise.reject(new DOMException("own", "AbortError")));
    };
    const outcome = retry(task, policy, { clock, signal: abort.signal }).catch((error: unknown) => error);
    await clock.advance(100);
    abort.abort(reason);
    expect(await outcome).toBe(reason);
    expect(suppressed(reason)).toEqual([failure]);
  });

  it("does not let a policy that throws hide the failure", async () => {
    const fault = new Error("the policy is broken");
    const failure = new Error("down");
    const isRetryable = () => {
      throw fault;
    };
    const error = await retry(async () => await Promise.reject(failure), { ...policy, isRetryable }).catch(
      (e: unknown) => e,
    );
    expect(error).toBe(failure);
    expect(suppressed(error)).toEqual([fault]);
  });

  it("takes a pause that is over already for none", async () => {
    const clock = new VirtualClock();
    const { triedMs, task } = failing(clock, 1);
    expect(await clock.run(retry(task, { ...policy, retryAfterMs: () => -5 }, { clock }))).toBe("done");
    expect(triedMs).toEqual([0, 0]);
  });

  it("tries as often as it may without pauses", async () => {
    const clock = new VirtualClock();
    const { triedMs, task } = failing(clock, 1_500);
    const patient = { ...policy, attempts: 2_000, baseMs: 0 };
    expect(await clock.run(retry(task, patient, { clock }))).toBe("done");
    expect(triedMs).toHaveLength(1_501);
  });

  it.each([
    [{ attempts: 0 }, "Expected `attempts` to be an integer ≥ 1, got 0"],
    [{ baseMs: -1 }, "Expected `baseMs` to be a number of milliseconds ≥ 0, got -1"],
    [{ capMs: Number.NaN }, "Expected `capMs` to be a number of milliseconds ≥ 0, got NaN"],
    [{ totalMs: -5 }, "Expected `totalMs` to be a number of milliseconds ≥ 0, got -5"],
  ])("refuses %o before the first attempt", async (wrong, message) => {
    const { triedMs, task } = failing(new VirtualClock(), 0);
    await expect(retry(task, { ...policy, ...wrong })).rejects.toThrow(message);
    expect(triedMs).toEqual([]);
  });
});

describe("RetryBudget", () => {
  it("allows a floor a second however few calls there are, and saves up to `max`", async () => {
    const clock = new VirtualClock();
    const budget = new RetryBudget({ ratio: 0, minPerSecond: 2, max: 5 }, clock);
    const spendAll = () => {
      let spent = 0;
      while (budget.trySpend()) spent += 1;
      return spent;
    };
    expect(spendAll()).toBe(2);
    await clock.advance(1_000);
    expect(spendAll()).toBe(2);
    await clock.advance(60_000);
    expect(spendAll()).toBe(5);
  });

  it.each([
    [{ ratio: -1 }, "Expected `ratio` to be ≥ 0, got -1"],
    [{ minPerSecond: Infinity }, "Expected `minPerSecond` to be ≥ 0, got Infinity"],
    [{ max: Number.NaN }, "Expected `max` to be ≥ 0, got NaN"],
  ])("refuses %o", (wrong, message) => {
    expect(() => new RetryBudget({ ratio: 0, minPerSecond: 0, ...wrong })).toThrow(message);
  });
});
