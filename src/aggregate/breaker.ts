/** When an upstream counts as failing, and for how long it is then left alone. */
export interface BreakerPolicy {
  /** How far back results count, to a tenth. */
  readonly windowMs: number;
  /** Fewer results than this in the window never open it. */
  readonly minCalls: number;
  /** The share of failures in the window that opens it, > 0 and ≤ 1. */
  readonly failureRatio: number;
  /** How long it refuses every call before it lets a probe through. */
  readonly openMs: number;
}

/** Whether a call may be made. Half-open, the one call that may is a probe. */
export type Admission =
  | { readonly allowed: true; readonly isProbe: boolean }
  | { readonly allowed: false; readonly retryAfterMs: number };

type Pass = Admission & { readonly allowed: true };

/** Keeps calls away from an upstream that fails. `nowMs` is from a clock of the caller's, always the same one. */
export interface Breaker {
  admit(nowMs: number): Admission;
  /**
   * Says, once, what became of a call: `failure` for a 5xx, a connection fault or a timeout; `success` for any other
   * answer; `neutral` for a call that was cancelled, which says nothing about the upstream.
   *
   * @param admission The very object that `admit` returned for the call.
   */
  record(nowMs: number, admission: Pass, result: "success" | "failure" | "neutral"): void;
  state(nowMs: number): "closed" | "open" | "half-open";
}

/** Whoever is refused because a probe is under way may ask again this soon. */
const PROBE_PAUSE_MS = 1_000;

/** A probe that is silent for so long is lost: a platform can stop a request without a word. */
const PROBE_LOST_MS = 60_000;

/** The window moves on by a tenth at a time. */
const BUCKETS = 10;

type State =
  | { readonly kind: "closed"; readonly pass: Pass; readonly window: RollingWindow }
  | { readonly kind: "open"; readonly untilMs: number }
  | {
      readonly kind: "half-open";
      readonly probe: { readonly pass: Pass; readonly lostMs: number } | undefined;
    };

const AWAITING_PROBE: State = { kind: "half-open", probe: undefined };

/**
 * Makes a circuit breaker (after Nygard, Release It!, 2007): closed until too many calls of a rolling window fail,
 * then open, then half-open with one probe at a time, which closes or opens it. A result counts only in the state
 * that its call was admitted in, so a late answer neither closes the breaker nor blames an upstream that is back.
 *
 * @throws {RangeError} When `checkBreakerPolicy` finds a fault.
 */
export function createBreaker(policy: BreakerPolicy): Breaker {
  const faults = checkBreakerPolicy(policy);
  if (faults.length > 0) throw new RangeError(faults.join("; ").replace("expected", "Expected"));
  const { windowMs, minCalls, failureRatio, openMs } = policy;
  const toOwnTime = ownTime(windowMs + openMs + PROBE_LOST_MS);

  const close = (): State => ({
    kind: "closed",
    pass: { allowed: true, isProbe: false },
    window: rollingWindow(windowMs),
  });
  const open = (atMs: number): State => ({ kind: "open", untilMs: atMs + openMs });

  let state = close();

  const update = (nowMs: number): number => {
    const atMs = toOwnTime(nowMs);
    const isRested = state.kind === "open" && atMs >= state.untilMs;
    const isLost = state.kind === "half-open" && state.probe !== undefined && atMs >= state.probe.lostMs;
    if (isRested || isLost) state = AWAITING_PROBE;
    return atMs;
  };

  return {
    admit(nowMs) {
      const atMs = update(nowMs);
      switch (state.kind) {
        case "closed":
          return state.pass;
        case "open":
          return { allowed: false, retryAfterMs: state.untilMs - atMs };
        case "half-open": {
          if (state.probe !== undefined) {
            return { allowed: false, retryAfterMs: Math.min(openMs, PROBE_PAUSE_MS) };
          }
          const pass: Pass = { allowed: true, isProbe: true };
          state = { kind: "half-open", probe: { pass, lostMs: atMs + PROBE_LOST_MS } };
          return pass;
        }
      }
    },
    record(nowMs, admission, result) {
      const atMs = update(nowMs);
      if (state.kind === "closed" && admission === state.pass && result !== "neutral") {
        const { calls, failures } = state.window(atMs, result === "failure");
        if (calls >= minCalls && failures / calls >= failureRatio) state = open(atMs);
      } else if (state.kind === "half-open" && admission === state.probe?.pass) {
        const next = { success: close, failure: () => open(atMs), neutral: () => AWAITING_PROBE };
        state = next[result]();
      }
    },
    state(nowMs) {
      update(nowMs);
      return state.kind;
    },
  };
}

/** What is wrong with a policy, a sentence a fault. */
export function checkBreakerPolicy(policy: BreakerPolicy): readonly string[] {
  const { windowMs, minCalls, failureRatio, openMs } = policy;
  const rules = [
    ["windowMs", windowMs, isPositive(windowMs), "a number of milliseconds > 0"],
    ["minCalls", minCalls, Number.isSafeInteger(minCalls) && minCalls >= 1, "an integer ≥ 1"],
    ["failureRatio", failureRatio, isPositive(failureRatio) && failureRatio <= 1, "a number > 0 and ≤ 1"],
    ["openMs", openMs, isPositive(openMs), "a number of milliseconds > 0"],
  ] as const;
  return rules
    .filter(([, , isMet]) => !isMet)
    .map(([name, value, , rule]) => `expected \`${name}\` to be ${rule}, got ${value}`);
}

function isPositive(value: number): boolean {
  return Number.isFinite(value) && value > 0;
}

/** Counts a result, and says how many there are in the window that ends now. */
type RollingWindow = (atMs: number, isFailure: boolean) => { calls: number; failures: number };

function rollingWindow(windowMs: number): RollingWindow {
  const widthMs = windowMs / BUCKETS;
  const buckets: { readonly index: number; calls: number; failures: number }[] = [];
  return (atMs, isFailure) => {
    const index = Math.floor(atMs / widthMs);
    while (buckets[0] !== undefined && buckets[0].index <= index - BUCKETS) buckets.shift();
    if (buckets.at(-1)?.index !== index) buckets.push({ index, calls: 0, failures: 0 });
    const sum = { calls: 0, failures: 0 };
    for (const bucket of buckets) {
      if (bucket.index === index) {
        bucket.calls += 1;
        bucket.failures += isFailure ? 1 : 0;
      }
      sum.calls += bucket.calls;
      sum.failures += bucket.failures;
    }
    return sum;
  };
}

/**
 * The sum of a clock's steps forward. One that is set back loses nothing that had passed, and goes on from there; a
 * leap counts as `maxStepMs`, past which nothing is remembered, so that no leap is so far that later steps vanish
 * beside it.
 */
function ownTime(maxStepMs: number): (nowMs: number) => number {
  let lastMs: number | undefined;
  let atMs = 0;
  return (nowMs) => {
    const stepMs = nowMs - (lastMs ?? nowMs);
    if (stepMs > 0) atMs += Math.min(stepMs, maxStepMs);
    lastMs = nowMs;
    return atMs;
  };
}
