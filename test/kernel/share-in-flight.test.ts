import { describe, expect, it } from "vitest";
import { type CancelSignal, linkAbort, shareInFlight, sleep, VirtualClock } from "#kernel";
import { everyInterleaving, inAnyOrder } from "../support/interleavings.ts";

/** Work that takes 10 ms and counts its runs. */
function counted(clock: VirtualClock) {
  const state = { runs: 0, reason: undefined as unknown };
  const work = async (signal: CancelSignal) => {
    state.runs += 1;
    const run = state.runs;
    await sleep(10, signal, clock).catch((error: unknown) => {
      state.reason = error;
      throw error;
    });
    return run;
  };
  return { state, work };
}

describe("shareInFlight", () => {
  it("runs once for all who ask for a key at the same time, and again for who asks later", async () => {
    const clock = new VirtualClock();
    const flights = shareInFlight<number>();
    const { state, work } = counted(clock);
    const together = [flights.share("k", work), flights.share("k", work), flights.share("other", work)];
    expect(flights.size).toBe(2);
    expect(await clock.run(Promise.all(together))).toEqual([1, 1, 2]);
    expect(flights.size).toBe(0);
    expect(await clock.run(flights.share("k", work))).toBe(3);
    expect(state.runs).toBe(3);
  });

  it("gives a failure to all who wait, and forgets it", async () => {
    const flights = shareInFlight<number>();
    const failure = new Error("down");
    const failing = async () => await Promise.reject(failure);
    const both = [flights.share("k", failing), flights.share("k", failing)].map(
      async (waiter) => await waiter.catch((error: unknown) => error),
    );
    expect(await Promise.all(both)).toEqual([failure, failure]);
    expect(await flights.share("k", async () => 1)).toBe(1);
  });

  it("lets one waiter leave without disturbing the other", async () => {
    const clock = new VirtualClock();
    const flights = shareInFlight<number>();
    const { work } = counted(clock);
    const abort = new AbortController();
    const leaving = flights.share("k", work, abort.signal).catch((error: unknown) => error);
    const staying = flights.share("k", work);
    abort.abort(new Error("client gone"));
    expect(await leaving).toMatchObject({ message: "client gone" });
    expect(await clock.run(staying)).toBe(1);
  });

  it("cancels the work when the last waiter leaves, for its reason, and starts anew for the next", async () => {
    const clock = new VirtualClock();
    const flights = shareInFlight<number>();
    const { state, work } = counted(clock);
    const abort = new AbortController();
    const leaving = flights.share("k", work, abort.signal).catch(() => "left");
    const reason = new Error("out of time");
    abort.abort(reason);
    const next = flights.share("k", work);
    expect(await leaving).toBe("left");
    expect(await clock.run(next)).toBe(2);
    expect(state.reason).toBe(reason);
  });

  it("lets a run that was left by all end as late as it likes, and touch no later one", async () => {
    const clock = new VirtualClock();
    const flights = shareInFlight<string>();
    const abort = new AbortController();
    const deaf = async () => {
      await sleep(10, undefined, clock);
      return "nobody's";
    };
    const leaving = flights.share("k", deaf, abort.signal).catch(() => "left");
    abort.abort();
    const { state, work } = counted(clock);
    const later = async (signal: CancelSignal) => {
      await sleep(10, signal, clock);
      return String(await work(signal));
    };
    const second = flights.share("k", later);
    await clock.advance(15);
    const third = flights.share("k", later);
    expect(await clock.run(Promise.all([leaving, second, third]))).toEqual(["left", "1", "1"]);
    expect(state.runs).toBe(1);
  });

  it("strands nobody in any interleaving of joining, leaving and landing", async () => {
    const runs = await everyInterleaving(async (pick) => {
      const flights = shareInFlight<string>();
      const landings: (() => void)[] = [];
      const work = async (signal: CancelSignal) => {
        const landing = Promise.withResolvers<string>();
        landings.push(() => landing.resolve("landed"));
        signal.addEventListener("abort", () => landing.reject(signal.reason), { once: true });
        return await landing.promise;
      };
      const leaving = new AbortController();
      const outcomes: Promise<string>[] = [];
      const join = (signal?: CancelSignal) => () =>
        outcomes.push(flights.share("k", work, signal).catch(() => "left"));
      const land = () => {
        for (const one of landings) one();
      };
      await inAnyOrder(pick, [join(leaving.signal), join(), () => leaving.abort(), land]);
      await Promise.resolve();
      land();
      const ends = await Promise.all(outcomes);
      expect(ends).toContain("landed");
      expect(ends).toHaveLength(2);
      expect(flights.size).toBe(0);
    });
    expect(runs).toBe(24 * 16);
  });

  it("hears an abort that comes from the work itself as it starts", async () => {
    const flights = shareInFlight<string>();
    const abort = new AbortController();
    const reason = new Error("nobody needs it");
    let seen: unknown;
    const work = async (signal: CancelSignal) => {
      abort.abort(reason);
      signal.addEventListener("abort", () => (seen = signal.reason), { once: true });
      return await new Promise<string>(() => undefined);
    };
    await expect(flights.share("k", work, abort.signal)).rejects.toBe(reason);
    expect(seen).toBe(reason);
    expect(flights.size).toBe(0);
  });

  it("is not left with a key by work that gives no promise", async () => {
    const flights = shareInFlight<string>();
    const careless = (() => "at once") as unknown as () => Promise<string>;
    expect(await flights.share("k", careless)).toBe("at once");
    expect(flights.size).toBe(0);
  });

  it("lets a waiter go whose leaving a listener of the work cannot bear", async () => {
    const flights = shareInFlight<string>();
    const abort = linkAbort();
    const work = async (signal: CancelSignal) => {
      signal.addEventListener("abort", () => {
        throw new Error("cannot bear it");
      });
      return await new Promise<string>(() => undefined);
    };
    const leaving = flights.share("k", work, abort.signal).catch((error: unknown) => error);
    expect(() => abort.abort("gone")).toThrow("cannot bear it");
    expect(await leaving).toBe("gone");
  });
});
