import QuickLRU from "quick-lru";
import { type CancelSignal, type Clock, sleep, withTimeout } from "#kernel";
import type { LogEntry } from "../http/log.ts";
import { within } from "../http/within.ts";
import type { Denied, Granted, Leased, Standings } from "./decision.ts";
import { createKeyMemory, type KeyMemory } from "./key-memory.ts";
import { LONGEST_STAY_MS } from "./limiter.ts";
import { nameOf, type PolicySet } from "./policy.ts";
import type { LimiterStub, LimiterView } from "./stub.ts";
import { outageOf, type Outage } from "./outage.ts";

/** How long a lease is asked for; and how long it is used, so that what is left comes back in time. */
const LEASE_MS = 1_000;
const USABLE_MS = 800;

/** How long an answer may take that needs no waiting. */
const PATIENCE_MS = 3_000;

/** How long a limiter that failed is left alone. */
const REST_MS = 500;

/** How many keys an isolate remembers. */
const MOST_KEYS = 20_000;

/** `try` asks once; `wait` queues; `lease` is a try that may be answered from tokens taken in advance. */
export type Mode = "try" | "wait" | "lease";

/** Someone's wish to go. */
export interface Ask {
  readonly set: PolicySet;
  readonly key: string;
  /** No more than the smallest capacity of the set. */
  readonly cost: number;
  readonly mode: Mode;
  readonly maxWaitMs?: number | undefined;
  /** Aborts when whoever asks has left. */
  readonly signal: CancelSignal;
  /** Keeps the isolate alive for what is left to do when the answer is out. */
  readonly keepAlive: (work: Promise<unknown>) => void;
}

/** Whether someone may go. */
export interface LimitAnswer extends Standings {
  readonly allowed: boolean;
  readonly waitedMs: number;
  /** 0 when it is allowed. */
  readonly retryAfterMs: number;
  /** Why not, if it is for want of tokens. */
  readonly reason?: Denied["reason"];
  /** The limiter could not be asked, and the policy decided. */
  readonly unchecked?: Outage;
}

/** Asks limiters, from an isolate. */
export interface LimitClient {
  /** @throws The reason of the ask's signal. Nothing else: when a limiter fails, the policy decides. */
  ask(ask: Ask): Promise<LimitAnswer>;
  /** How a key stands. @throws What the limiter fails with. */
  look(set: PolicySet, key: string): Promise<LimiterView>;
}

/** What a client needs. */
export interface LimitClientOptions {
  readonly clock: Clock;
  readonly limiterFor: (name: string) => LimiterStub;
  readonly makeId: () => string;
  readonly log: (entry: LogEntry) => void;
}

/** Remembers what spares a call: denials, and tokens of hot keys. */
export function createLimitClient({ clock, limiterFor, makeId, log }: LimitClientOptions): LimitClient {
  const memories = new QuickLRU<string, KeyMemory>({ maxSize: MOST_KEYS });
  const resting = new QuickLRU<string, { readonly untilMs: number; readonly outage: Outage }>({
    maxSize: MOST_KEYS,
  });
  let unchecked = 0;

  const memoryOf = (name: string) => {
    const memory = memories.get(name) ?? createKeyMemory();
    memories.set(name, memory);
    return memory;
  };

  /** Lets the policy decide, and says so. */
  const decideUnchecked = ({ set }: Ask, outage: Outage): LimitAnswer => {
    const closed = set.find(({ onFailure }) => onFailure === "closed");
    const policy = (closed ?? set[0]).name;
    const allowed = closed === undefined;
    unchecked += 1;
    log({ event: "limit-unchecked", ok: false, policy, outage, allowed, count: unchecked });
    return {
      allowed,
      policy,
      standings: [],
      waitedMs: 0,
      retryAfterMs: allowed ? 0 : REST_MS,
      unchecked: outage,
    };
  };

  const lease = async (ask: Ask, name: string, cost: number): Promise<Leased | Denied> => {
    const memory = memoryOf(name);
    const limiter = limiterFor(name);
    const id = makeId();
    // Counted from before it was asked for: the limiter counts from later.
    const beganMs = clock.now();
    const extra = memory.extra(beganMs, USABLE_MS);
    const request = { id, cost, extra, forMs: LEASE_MS };
    const answer = await within(PATIENCE_MS, clock, limiter.lease(ask.set, request));
    if (answer.state === "denied") {
      memory.deny(clock.now(), Math.max(1, cost), answer);
      return answer;
    }
    memory.receive(id, answer.extra, beganMs + USABLE_MS, answer);
    if (answer.extra > 0) {
      const giveBack = async () => {
        await sleep(Math.max(0, beganMs + USABLE_MS - clock.now()), undefined, clock);
        const unused = memory.drop(id);
        if (unused > 0) await limiter.giveBack(ask.set, id, unused);
      };
      ask.keepAlive(giveBack().catch(() => undefined)); // what does not come back ends with the lease
    }
    return answer;
  };

  const take = async (ask: Ask, name: string): Promise<Granted | Denied | Leased> => {
    const { set, cost, mode } = ask;
    const memory = memoryOf(name);
    const nowMs = clock.now();
    if (mode === "lease") {
      const standings = memory.spend(nowMs, cost);
      if (standings !== undefined) {
        if (memory.isLow(nowMs)) ask.keepAlive(lease(ask, name, 0).catch(() => undefined)); // the next will see
        return { state: "granted", ...standings };
      }
    }
    const denied = memory.denied(nowMs, cost);
    if (denied !== undefined) return denied;
    if (mode === "lease") return await lease(ask, name, cost);
    const answer = await within(PATIENCE_MS, clock, limiterFor(name).take(set, cost));
    if (answer.state === "denied") memory.deny(clock.now(), cost, answer);
    return answer;
  };

  const wait = async (ask: Ask, name: string): Promise<Granted | Denied> => {
    const { set, cost, maxWaitMs, signal } = ask;
    const limiter = limiterFor(name);
    const request = { id: makeId(), cost, maxWaitMs };
    for (let returns = false; ; returns = true) {
      const stay = async (inner: CancelSignal) => await limiter.wait({ set, request, returns }, inner);
      const answer = await withTimeout(stay, LONGEST_STAY_MS + PATIENCE_MS, { signal, clock });
      if (answer.state !== "reserved") return answer;
      try {
        // Back in time to stay for the rest, and to move up if others leave.
        await sleep(Math.max(0, answer.inMs - LONGEST_STAY_MS), signal, clock);
      } catch (error) {
        ask.keepAlive(limiter.cancel(set, request.id).catch(() => undefined)); // then it expires
        throw error;
      }
    }
  };

  return {
    async ask(ask) {
      const { set, key, mode, signal } = ask;
      const name = `${nameOf(set)}:${key}`;
      const beganMs = clock.now();
      const rest = resting.get(name);
      if (rest !== undefined && beganMs < rest.untilMs) return decideUnchecked(ask, rest.outage);
      try {
        const answer = mode === "wait" ? await wait(ask, name) : await take(ask, name);
        const { policy, standings } = answer;
        const waitedMs = mode === "wait" ? Math.round(clock.now() - beganMs) : 0;
        if (answer.state !== "denied") return { allowed: true, policy, standings, waitedMs, retryAfterMs: 0 };
        const { reason, retryAfterMs } = answer;
        return { allowed: false, policy, standings, waitedMs, retryAfterMs, reason };
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        const outage = outageOf(error);
        resting.set(name, { untilMs: clock.now() + REST_MS, outage });
        return decideUnchecked(ask, outage);
      }
    },

    async look(set, key) {
      return await within(PATIENCE_MS, clock, limiterFor(`${nameOf(set)}:${key}`).look(set));
    },
  };
}
