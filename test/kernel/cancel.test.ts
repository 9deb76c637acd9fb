import { describe, expect, it } from "vitest";
import { CancelledError, type CancelSignal, linkAbort, toAbortSignal } from "#kernel";
import { CountingAbort } from "../support/counting.ts";

/** Counts how often a signal aborts. */
function watch(signal: CancelSignal): { readonly aborts: number } {
  const seen = { aborts: 0 };
  signal.addEventListener("abort", () => void (seen.aborts += 1), { once: true });
  return seen;
}

describe("linkAbort", () => {
  it("follows its parent, with the parent's reason", () => {
    const parent = linkAbort();
    const child = linkAbort(parent.signal);
    const seen = watch(child.signal);
    parent.abort("gone");
    expect(child.signal.aborted).toBe(true);
    expect(child.signal.reason).toBe("gone");
    expect(seen.aborts).toBe(1);
  });

  it("fires alone, and leaves its parent as it is", () => {
    const parent = linkAbort();
    const child = linkAbort(parent.signal);
    child.abort("mine");
    expect(parent.signal.aborted).toBe(false);
    expect(() => child.signal.throwIfAborted()).toThrow("mine");
    expect(() => parent.signal.throwIfAborted()).not.toThrow();
  });

  it("is aborted from the start under a parent that is", () => {
    expect(linkAbort(AbortSignal.abort("gone")).signal).toMatchObject({ aborted: true, reason: "gone" });
  });

  it("fires once: a later abort changes nothing, and who listens later is not called", () => {
    const abort = linkAbort();
    const seen = watch(abort.signal);
    abort.abort("first");
    const late = watch(abort.signal);
    abort.abort("second");
    expect(abort.signal.reason).toBe("first");
    expect([seen.aborts, late.aborts]).toEqual([1, 0]);
  });

  it("gives a reason where none is given", () => {
    const abort = linkAbort();
    abort.abort();
    expect(abort.signal.reason).toBeInstanceOf(CancelledError);
  });

  it.each([null, 0, ""])("hands on %j, which is a reason as well", (reason) => {
    const parent = new AbortController();
    const child = linkAbort(parent.signal);
    parent.abort(reason);
    expect(child.signal.reason).toBe(reason);
    expect(toAbortSignal(child.signal).reason).toBe(reason);
  });

  it("calls all, whatever one of them throws, and throws that", () => {
    const abort = linkAbort();
    const child = linkAbort(abort.signal);
    child.signal.addEventListener("abort", () => {
      throw new Error("broken");
    });
    const [inner, outer] = [watch(child.signal), watch(abort.signal)];
    expect(() => abort.abort("gone")).toThrow("broken");
    expect([inner.aborts, outer.aborts]).toEqual([1, 1]);
  });

  it("does not call a listener that was removed, be it by one that was called before it", () => {
    const abort = linkAbort();
    const { signal } = abort;
    const called: string[] = [];
    const second = () => called.push("second");
    signal.addEventListener("abort", () => {
      called.push("first");
      signal.removeEventListener("abort", second);
    });
    signal.addEventListener("abort", second);
    abort.abort();
    expect(called).toEqual(["first"]);
  });

  it("takes its listener off the parent when disposed of, and then no longer follows", () => {
    const parent = new CountingAbort();
    const child = linkAbort(parent.signal);
    expect(parent.listeners).toBe(1);
    child[Symbol.dispose]();
    expect(parent.listeners).toBe(0);
    parent.abort();
    expect(child.signal.aborted).toBe(false);
  });
});

describe("toAbortSignal", () => {
  it("gives the platform's own signal back as it is", () => {
    const { signal } = new AbortController();
    expect(toAbortSignal(signal)).toBe(signal);
  });

  it("makes one platform signal, which aborts with the same reason", () => {
    const abort = linkAbort();
    const signal = toAbortSignal(abort.signal);
    expect(signal).toBeInstanceOf(AbortSignal);
    expect(toAbortSignal(abort.signal)).toBe(signal);
    const seen = watch(signal);
    abort.abort("gone");
    expect(signal.reason).toBe("gone");
    expect(seen.aborts).toBe(1);
  });

  it("is aborted from the start when the signal is", () => {
    const abort = linkAbort();
    abort.abort("gone");
    expect(toAbortSignal(abort.signal)).toMatchObject({ aborted: true, reason: "gone" });
  });

  it("refuses what is no signal of either kind", () => {
    const impostor = { ...linkAbort().signal } as CancelSignal;
    expect(() => toAbortSignal(impostor)).toThrow("Expected `signal` to be an AbortSignal");
  });
});
