import { asJson, getOf, isAnswer, isFinal, send, type Refusal, type Unreachable } from "../exchange.ts";
import { callOf, type Policies, type Policy, type Standing } from "./answers.ts";
import { type Level, levelAfter, levelSeen } from "./bucket.ts";
import { beginVolley, type Call, type Mode, type Volley, withCall } from "./volley.ts";

/** How often a bucket is looked at anew while it is shown. */
const EVERY_MS = 1_000;

/** Whom the calls of this page are counted for, until somebody says otherwise. */
const KEY = "console";

/** What is shown. What was seen last stays while it cannot be looked at. */
interface Shown {
  /** In the configuration's order; `undefined` until they are known. */
  readonly policies: readonly Policy[] | undefined;
  /** The one that is chosen; `undefined` where there is none of that name. */
  readonly policy: Policy | undefined;
  readonly key: string;
  readonly standing: Standing | undefined;
  readonly level: Level | undefined;
  readonly volley: Volley | undefined;
  readonly failure: Refusal | Unreachable | undefined;
}

/** Looks at the bucket of one key, again and again while somebody sees it, and fires calls at it. */
export interface Gauge {
  readonly get: () => Shown;
  readonly subscribe: (listener: () => void) => () => void;
  /** Begins to look at a limit, the first one where none is named. Leaves calls at another. */
  readonly open: (name: string | undefined) => void;
  /** Leaves the calls, too. */
  readonly close: () => void;
  readonly look: () => void;
  /** Looks at the bucket of this key from now on. Leaves calls for another. */
  readonly aim: (key: string) => void;
  /** Makes so many calls at once, each for one token. Leaves those before. */
  readonly fire: (count: number, mode: Mode) => void;
  /** Leaves what has not been answered: a place in the queue is free again. */
  readonly stop: () => void;
}

interface GaugeOptions {
  /** Calls back so often, until what it returns is called. */
  readonly every: (listener: () => void, everyMs: number) => () => void;
  readonly nowMs: () => number;
}

/** What is known of no bucket in particular. */
const NOTHING = { standing: undefined, level: undefined, volley: undefined, failure: undefined };

/** Begins with nothing known. */
export function createGauge({ every, nowMs }: GaugeOptions): Gauge {
  const listeners = new Set<() => void>();
  let shown: Shown = { ...NOTHING, policies: undefined, policy: undefined, key: KEY };
  let name: string | undefined;
  /** Aborts the looks at this bucket, and the calls at it. */
  let watch = new AbortController();
  let firing = new AbortController();
  /** That of the look that has not come to its end. */
  let looking: AbortSignal | undefined;
  let stopLooking: (() => void) | undefined;

  const become = (next: Shown) => {
    shown = next;
    for (const listener of listeners) listener();
  };

  const lookOnce = async (signal: AbortSignal) => {
    if (shown.policies === undefined) {
      const page = await getOf<Policies>("/v1/limits", signal);
      if (!isAnswer(page)) return become({ ...shown, failure: page });
      become({ ...shown, policies: page.items, policy: choose(page.items, name), failure: undefined });
    }
    const { policy, key } = shown;
    if (policy === undefined || key === "") return;
    const target = `/v1/limits/${policy.name}?key=${encodeURIComponent(key)}`;
    const standing = await getOf<Standing>(target, signal);
    if (!isAnswer(standing)) return become({ ...shown, failure: standing });
    const [seen] = standing.policies;
    const level = seen && levelSeen(policy, seen, nowMs());
    become({ ...shown, standing, level, failure: undefined });
  };
  const look = async () => {
    const { signal } = watch;
    // A slow answer is waited for.
    if (looking === signal) return;
    looking = signal;
    try {
      await lookOnce(signal);
    } catch (error) {
      // We aborted it ourselves, for another bucket.
      if (!signal.aborted) throw error;
    } finally {
      if (looking === signal) looking = undefined;
    }
  };

  /** Leaves one bucket for another. */
  const turnTo = (next: Pick<Shown, "policy" | "key">) => {
    watch.abort();
    watch = new AbortController();
    firing.abort();
    become({ ...shown, ...NOTHING, ...next });
  };

  const call = async (policy: Policy, mode: Mode, index: number, signal: AbortSignal) => {
    const answer = await ask(policy, { key: shown.key, mode }, signal);
    const { volley } = shown;
    // Another volley is shown by now, or none.
    if (signal !== firing.signal || volley === undefined) return;
    const atMs = nowMs();
    const sinceMs = atMs - volley.beganMs;
    const made: Call = answer === undefined ? { kind: "left", atMs: sinceMs } : callOf(answer, sinceMs);
    const level = levelAfter(policy, made, atMs) ?? shown.level;
    become({ ...shown, level, volley: withCall(volley, index, made) });
  };

  return {
    get: () => shown,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    open(next) {
      name = next;
      const policy = choose(shown.policies ?? [], name);
      if (policy !== shown.policy) turnTo({ policy, key: shown.key });
      void look();
      stopLooking ??= every(() => {
        if (shown.failure?.kind !== "refused" || !isFinal(shown.failure)) void look();
      }, EVERY_MS);
    },
    close() {
      stopLooking?.();
      stopLooking = undefined;
      // Nothing else of the page waits for a connection behind them.
      firing.abort();
    },
    look: () => void look(),
    aim: (key) => turnTo({ policy: shown.policy, key }),
    fire(count, mode) {
      const { policy } = shown;
      if (policy === undefined) return;
      firing.abort();
      firing = new AbortController();
      become({ ...shown, volley: beginVolley(count, mode, nowMs()) });
      for (let index = 0; index < count; index += 1) void call(policy, mode, index, firing.signal);
    },
    stop: () => firing.abort(),
  };
}

function choose(policies: readonly Policy[], name: string | undefined): Policy | undefined {
  return name === undefined ? policies[0] : policies.find((policy) => policy.name === name);
}

/** Asks for one token. @returns Nothing when it was left before the answer. */
async function ask({ name }: Policy, body: { key: string; mode: Mode }, signal: AbortSignal) {
  try {
    // Over HTTP/1.1 a browser has six connections: who looks at the bucket does not wait behind all of the calls.
    const init = { ...asJson(body), signal, priority: "low" } as const;
    return await send(`/v1/limits/${name}/acquire`, init);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}
