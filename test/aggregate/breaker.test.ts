import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Admission,
  type Breaker,
  type BreakerPolicy,
  checkBreakerPolicy,
  createBreaker,
} from "../../src/aggregate/breaker.ts";

const policy: BreakerPolicy = { windowMs: 10_000, minCalls: 4, failureRatio: 0.5, openMs: 5_000 };

type Pass = Admission & { readonly allowed: true };
type Result = Parameters<Breaker["record"]>[2];

/** Asks for a call that is expected to be let through. */
function pass(breaker: Breaker, nowMs: number): Pass {
  const admission = breaker.admit(nowMs);
  if (!admission.allowed) throw new Error(`Expected to be let through at ${nowMs}`);
  return admission;
}

/** Makes calls that end at once. */
function call(breaker: Breaker, nowMs: number, ...results: readonly Result[]): void {
  for (const result of results) breaker.record(nowMs, pass(breaker, nowMs), result);
}

/** A breaker that opened at `nowMs`. */
function opened(nowMs: number): Breaker {
  const breaker = createBreaker(policy);
  call(breaker, nowMs, "failure", "failure", "failure", "failure");
  expect(breaker.state(nowMs)).toBe("open");
  return breaker;
}

describe("createBreaker", () => {
  it.each<[results: Result[], state: string]>([
    [["failure", "failure", "failure"], "closed"],
    [["failure", "failure", "failure", "failure"], "open"],
    [["success", "success", "failure", "failure"], "open"],
    [["failure", "failure", "success", "success"], "open"],
    [["success", "success", "success", "failure", "failure"], "closed"],
    [["failure", "failure", "failure", "neutral", "neutral"], "closed"],
    [["success", "neutral", "neutral", "failure", "success", "failure"], "open"],
  ])("after %j is %s", (results, state) => {
    const breaker = createBreaker(policy);
    call(breaker, 0, ...results);
    expect(breaker.state(0)).toBe(state);
  });

  it("opens at exactly the ratio, in spite of rounding", () => {
    const breaker = createBreaker({ ...policy, minCalls: 25, failureRatio: 0.28 });
    const successes = Array.from({ length: 18 }, () => "success" as const);
    const failures = Array.from({ length: 6 }, () => "failure" as const);
    call(breaker, 0, ...successes, ...failures);
    expect(breaker.state(0)).toBe("closed");
    call(breaker, 0, "failure"); // 0.28 × 25 is more than 7 in floating point
    expect(breaker.state(0)).toBe("open");
  });

  it("forgets what is older than the window", () => {
    const breaker = createBreaker(policy);
    call(breaker, 0, "failure", "failure");
    call(breaker, 9_999, "failure");
    call(breaker, 10_000, "failure", "failure");
    expect(breaker.state(10_000)).toBe("closed");
    call(breaker, 10_000, "failure");
    expect(breaker.state(10_000)).toBe("open");
  });

  it("refuses every call while it is open, and says for how long", () => {
    const breaker = opened(1_000);
    expect(breaker.admit(1_000)).toEqual({ allowed: false, retryAfterMs: 5_000 });
    expect(breaker.admit(5_999)).toEqual({ allowed: false, retryAfterMs: 1 });
    expect(breaker.state(5_999)).toBe("open");
    expect(breaker.state(6_000)).toBe("half-open");
  });

  it("lets one probe at a time through, and the others ask again soon", () => {
    const breaker = opened(0);
    expect(breaker.admit(5_000)).toEqual({ allowed: true, isProbe: true });
    expect(breaker.admit(5_000)).toEqual({ allowed: false, retryAfterMs: 1_000 });
    expect(breaker.state(5_000)).toBe("half-open");
  });

  it("lets nobody wait for a probe longer than it would be open", () => {
    const breaker = createBreaker({ ...policy, minCalls: 1, openMs: 200 });
    call(breaker, 0, "failure");
    expect(breaker.admit(200).allowed).toBe(true);
    expect(breaker.admit(200)).toEqual({ allowed: false, retryAfterMs: 200 });
  });

  it("closes when the probe succeeds, and forgets what came before", () => {
    const breaker = opened(0);
    call(breaker, 5_000, "success");
    expect(breaker.admit(5_000)).toEqual({ allowed: true, isProbe: false });
    call(breaker, 5_000, "failure", "failure", "failure");
    expect(breaker.state(5_000)).toBe("closed");
  });

  it("opens again for as long when the probe fails", () => {
    const breaker = opened(0);
    const probe = pass(breaker, 6_000);
    breaker.record(7_000, probe, "failure");
    expect(breaker.admit(7_000)).toEqual({ allowed: false, retryAfterMs: 5_000 });
    expect(breaker.state(12_000)).toBe("half-open");
  });

  it("gives the place of a cancelled probe to the next call", () => {
    const breaker = opened(0);
    call(breaker, 5_000, "neutral");
    expect(breaker.state(5_000)).toBe("half-open");
    expect(breaker.admit(5_000)).toEqual({ allowed: true, isProbe: true });
  });

  it("gives the place of a probe that is never heard of again to another, and then ignores the lost one", () => {
    const breaker = opened(0);
    const lost = pass(breaker, 5_000);
    expect(breaker.admit(64_999).allowed).toBe(false);
    expect(breaker.admit(65_000)).toEqual({ allowed: true, isProbe: true });
    breaker.record(65_000, lost, "success");
    expect(breaker.state(65_000)).toBe("half-open");
  });

  it.each<Result>(["success", "failure", "neutral"])(
    "does not let a call from before it opened decide by %s",
    (late) => {
      const breaker = createBreaker(policy);
      const stragglers = Array.from({ length: 8 }, () => pass(breaker, 0));
      const report = (nowMs: number) => {
        for (const straggler of stragglers) breaker.record(nowMs, straggler, late);
      };
      call(breaker, 0, "failure", "failure", "failure", "failure");
      report(4_999);
      expect(breaker.state(4_999)).toBe("open");
      report(5_000);
      expect(breaker.state(5_000)).toBe("half-open");
      const probe = pass(breaker, 5_000);
      report(5_000);
      expect(breaker.admit(5_000).allowed).toBe(false);
      breaker.record(5_000, probe, "success");
      report(5_000);
      expect(breaker.state(5_000)).toBe("closed");
    },
  );

  it("stays open no longer because the clock was set back", () => {
    const breaker = opened(1_000_000);
    expect(breaker.admit(1_002_000)).toEqual({ allowed: false, retryAfterMs: 3_000 });
    expect(breaker.admit(0)).toEqual({ allowed: false, retryAfterMs: 3_000 });
    expect(breaker.state(3_000)).toBe("half-open");
  });

  it.each([1e12, 1e300, Infinity])("goes on as ever after a clock that went to %d and back", (leapMs) => {
    const breaker = opened(0);
    expect(breaker.state(leapMs)).toBe("half-open");
    call(breaker, 100, "failure");
    expect(breaker.admit(100)).toEqual({ allowed: false, retryAfterMs: 5_000 });
    expect(breaker.admit(200)).toEqual({ allowed: false, retryAfterMs: 4_900 });
    call(breaker, 5_100, "success", "failure", "failure", "failure");
    expect(breaker.state(5_100)).toBe("closed");
    call(breaker, 15_100, "failure");
    expect(breaker.state(15_100)).toBe("closed");
  });

  it("does what a list of all events says, for any calls at any times", () => {
    const step = fc.record({
      stepMs: fc.oneof(
        { weight: 8, arbitrary: fc.nat({ max: 30 }) },
        { weight: 2, arbitrary: fc.nat({ max: 400 }) },
        { weight: 1, arbitrary: fc.integer({ min: -400, max: -1 }) },
        { weight: 1, arbitrary: fc.nat({ max: 60_000 }) },
      ),
      /** Asks for a call, or reports on one of those under way. */
      act: fc.constantFrom<"admit" | Result>(
        "admit",
        "admit",
        "admit",
        "failure",
        "failure",
        "success",
        "neutral",
      ),
      pick: fc.nat(),
    });
    const policies = fc.record({
      windowMs: fc.constantFrom(100, 200, 1_000),
      minCalls: fc.integer({ min: 1, max: 4 }),
      failureRatio: fc.constantFrom(0.3, 0.5, 1),
      openMs: fc.constantFrom(50, 150),
    });
    const changes = new Set<string>();
    const run = fc.property(policies, fc.array(step, { maxLength: 120 }), (drawn, steps) => {
      const breaker = createBreaker(drawn);
      const model = new Model(drawn);
      const underWay: { readonly real: Pass; readonly modelled: number }[] = [];
      let nowMs = 0;
      breaker.state(nowMs); // starts its time
      for (const { stepMs, act, pick } of steps) {
        nowMs += stepMs;
        model.elapse(stepMs);
        const before = model.state();
        if (act === "admit") {
          const admission = breaker.admit(nowMs);
          expect(admission).toEqual(model.admit());
          if (admission.allowed) underWay.push({ real: admission, modelled: model.admitted });
        } else {
          const [ended] = underWay.splice(pick % Math.max(1, underWay.length), 1);
          if (ended !== undefined) {
            breaker.record(nowMs, ended.real, act);
            model.record(ended.modelled, act);
          }
        }
        expect(breaker.state(nowMs)).toBe(model.state());
        if (model.state() !== before) changes.add(`${before} → ${model.state()}`);
      }
    });
    fc.assert(run, { numRuns: 1_000 });
    expect([...changes].toSorted()).toEqual(["closed → open", "half-open → closed", "half-open → open"]);
  });
});

/** The breaker as a list of what happened since it last changed; every question is answered by reading the list. */
class Model {
  admitted = 0;
  readonly #policy: BreakerPolicy;
  #atMs = 0;
  /** Calls up to this one were admitted in a state that is over. */
  #over = 0;
  #openedMs: number | undefined;
  #events: { readonly atMs: number; readonly call: number; readonly result: Result | "probe" }[] = [];

  constructor(given: BreakerPolicy) {
    this.#policy = given;
  }

  elapse(stepMs: number): void {
    this.#atMs += Math.max(0, stepMs);
  }

  state(): "closed" | "open" | "half-open" {
    if (this.#openedMs === undefined) return "closed";
    return this.#atMs - this.#openedMs < this.#policy.openMs ? "open" : "half-open";
  }

  admit(): Admission {
    const state = this.state();
    const { openMs } = this.#policy;
    if (state === "open") {
      return { allowed: false, retryAfterMs: (this.#openedMs ?? 0) + openMs - this.#atMs };
    }
    if (state === "half-open" && this.#probe() !== undefined) {
      return { allowed: false, retryAfterMs: Math.min(openMs, 1_000) };
    }
    this.admitted += 1;
    if (state === "half-open") this.#note(this.admitted, "probe");
    return { allowed: true, isProbe: state === "half-open" };
  }

  record(ended: number, result: Result): void {
    if (ended <= this.#over) return;
    if (this.state() === "half-open" && ended === this.#probe()) {
      if (result === "neutral") this.#note(ended, result);
      else this.#change(result === "failure" ? this.#atMs : undefined);
    } else if (this.state() === "closed") {
      this.#note(ended, result);
      const tenth = (atMs: number) => Math.floor(atMs / (this.#policy.windowMs / 10));
      const recent = this.#events.filter(({ atMs }) => tenth(atMs) > tenth(this.#atMs) - 10);
      const failures = recent.filter((event) => event.result === "failure").length;
      const calls = failures + recent.filter((event) => event.result === "success").length;
      const { minCalls, failureRatio } = this.#policy;
      if (result !== "neutral" && calls >= minCalls && failures / calls >= failureRatio)
        this.#change(this.#atMs);
    }
  }

  /** The probe that is under way: the last one, unless it was cancelled or is lost. */
  #probe(): number | undefined {
    const last = this.#events.findLast(({ atMs }) => this.#atMs - atMs < 60_000);
    return last?.result === "probe" ? last.call : undefined;
  }

  #note(noted: number, result: Result | "probe"): void {
    this.#events.push({ atMs: this.#atMs, call: noted, result });
  }

  #change(openedMs: number | undefined): void {
    this.#openedMs = openedMs;
    this.#over = this.admitted;
    this.#events = [];
  }
}

describe("checkBreakerPolicy", () => {
  it.each<[wrong: Partial<BreakerPolicy>, fault: string]>([
    [{ windowMs: 0 }, "expected `windowMs` to be a number of milliseconds > 0, got 0"],
    [{ windowMs: Infinity }, "expected `windowMs` to be a number of milliseconds > 0, got Infinity"],
    [{ minCalls: 0 }, "expected `minCalls` to be an integer ≥ 1, got 0"],
    [{ minCalls: 2.5 }, "expected `minCalls` to be an integer ≥ 1, got 2.5"],
    [{ failureRatio: 0 }, "expected `failureRatio` to be a number > 0 and ≤ 1, got 0"],
    [{ failureRatio: 1.1 }, "expected `failureRatio` to be a number > 0 and ≤ 1, got 1.1"],
    [{ failureRatio: Number.NaN }, "expected `failureRatio` to be a number > 0 and ≤ 1, got NaN"],
    [{ openMs: -1 }, "expected `openMs` to be a number of milliseconds > 0, got -1"],
  ])("finds the fault of %o", (wrong, fault) => {
    expect(checkBreakerPolicy({ ...policy, ...wrong })).toEqual([fault]);
  });

  it("finds nothing wrong at the limits", () => {
    expect(checkBreakerPolicy({ windowMs: 0.5, minCalls: 1, failureRatio: 1, openMs: 0.5 })).toEqual([]);
  });

  it("says all that is wrong, also to whoever makes a breaker of it", () => {
    expect(() => createBreaker({ ...policy, minCalls: 0 })).toThrow(
      new RangeError("Expected `minCalls` to be an integer ≥ 1, got 0"),
    );
    expect(() => createBreaker({ ...policy, minCalls: 0, openMs: 0 })).toThrow(
      new RangeError(
        "Expected `minCalls` to be an integer ≥ 1, got 0; expected `openMs` to be a number of milliseconds > 0, got 0",
      ),
    );
  });
});
