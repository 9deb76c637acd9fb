import { setImmediate as everythingElse } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { createLatest, valueOf } from "../../console/latest.ts";

/** A load that each test ends itself, in any order; it takes no notice of its signal. */
function setUp() {
  const begun = new Map<string, { readonly signal: AbortSignal } & PromiseWithResolvers<string>>();
  const latest = createLatest(async (key: string, signal) => {
    const deferred = { signal, ...Promise.withResolvers<string>() };
    begun.set(key, deferred);
    return await deferred.promise;
  });
  const of = (key: string) => begun.get(key) ?? expect.fail(`Nothing loads ${key}`);
  return { latest, of };
}

describe("createLatest", () => {
  it("goes from idle over loading to loaded", async () => {
    const { latest, of } = setUp();
    expect(latest.get()).toEqual({ kind: "idle" });
    latest.load("FRA");
    expect(latest.get()).toEqual({ kind: "loading", key: "FRA", previous: undefined });
    of("FRA").resolve("France");
    await vi.waitFor(() => expect(latest.get()).toEqual({ kind: "loaded", key: "FRA", value: "France" }));
  });

  it("aborts the load before, and takes no notice when that comes in late", async () => {
    const { latest, of } = setUp();
    latest.load("FRA");
    latest.load("JPN");
    expect(of("FRA").signal.aborted).toBe(true);
    of("JPN").resolve("Japan");
    await everythingElse();
    of("FRA").resolve("France");
    await everythingElse();
    expect(latest.get()).toEqual({ kind: "loaded", key: "JPN", value: "Japan" });
  });

  it("swallows the rejection of what it aborted itself", async () => {
    const { latest, of } = setUp();
    latest.load("FRA");
    latest.clear();
    of("FRA").reject(of("FRA").signal.reason);
    await everythingElse();
    expect(latest.get()).toEqual({ kind: "idle" });
  });

  it("keeps the last value at hand while another loads", async () => {
    const { latest, of } = setUp();
    latest.load("FRA");
    of("FRA").resolve("France");
    await vi.waitFor(() => expect(latest.get().kind).toBe("loaded"));
    latest.load("JPN");
    expect(latest.get()).toEqual({ kind: "loading", key: "JPN", previous: "France" });
    latest.load("BRA");
    expect(valueOf(latest.get())).toBe("France");
  });

  it("tells its subscribers of every change until they leave", () => {
    const { latest } = setUp();
    const listener = vi.fn<() => void>();
    const leave = latest.subscribe(listener);
    latest.load("FRA");
    leave();
    latest.clear();
    expect(listener).toHaveBeenCalledTimes(1);
  });
});
