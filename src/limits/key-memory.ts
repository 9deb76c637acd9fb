import type { Denied, Standings } from "./decision.ts";

/** The longest that a denial is believed: whoever leaves a queue or returns a lease makes room before the time told. */
const LONGEST_DENIAL_MS = 1_000;

/** The most that is asked for in advance. */
const MOST_EXTRA = 10_000;

/** How much more than was used lately is asked for, at most: a moment's rush is not the demand of a second. */
const GROWTH = 4;

/** Tokens in hand. */
interface Hand {
  readonly id: string;
  left: number;
  readonly untilMs: number;
}

/** A denial, and when it ends. */
interface Remembered {
  readonly cost: number;
  readonly said: Denied;
  readonly retryMs: number;
  readonly untilMs: number;
}

/** What an isolate remembers of one key, so that it need not ask. Plain data: requests share it. */
export interface KeyMemory {
  /** The denial that still holds for this cost, with its time counted from now. */
  denied(nowMs: number, cost: number): Denied | undefined;
  deny(nowMs: number, cost: number, denial: Denied): void;
  /** Spends tokens in hand. @returns How the key stands, as far as is known here; `undefined` when too few are left. */
  spend(nowMs: number, cost: number): Standings | undefined;
  /** How much to ask for in advance: what the demand since the last time says, or nothing while another asks. */
  extra(nowMs: number, leaseMs: number): number;
  /** Whether somebody should ask for more tokens now, before the last one is gone. */
  isLow(nowMs: number): boolean;
  receive(id: string, tokens: number, untilMs: number, standings: Standings): void;
  /** Takes tokens out of the hand, to give them back. @returns How many. */
  drop(id: string): number;
}

/** Remembers nothing yet. */
export function createKeyMemory(): KeyMemory {
  let denial: Remembered | undefined;
  let hands: Hand[] = [];
  let standings: Standings = { policy: "", standings: [] };
  /** Asks since the limiter was asked last, when that was, and what it gave then. */
  let asks = 0;
  let contactMs = -Infinity;
  let given = 0;
  /** Somebody asks for more until then; whoever it is may be gone. */
  let renewedByMs = -Infinity;

  const usable = (nowMs: number) => hands.filter(({ untilMs, left }) => untilMs > nowMs && left > 0);
  const inHand = (nowMs: number) => usable(nowMs).reduce((sum, { left }) => sum + left, 0);

  return {
    denied(nowMs, cost) {
      if (denial === undefined || nowMs >= denial.untilMs || cost < denial.cost) return undefined;
      return { ...denial.said, retryAfterMs: Math.ceil(denial.retryMs - nowMs) };
    },

    deny(nowMs, cost, said) {
      const retryMs = nowMs + said.retryAfterMs;
      renewedByMs = -Infinity;
      denial = { cost, said, retryMs, untilMs: Math.min(retryMs, nowMs + LONGEST_DENIAL_MS) };
    },

    spend(nowMs, cost) {
      asks += cost;
      if (inHand(nowMs) < cost) return undefined;
      let owed = cost;
      for (const hand of usable(nowMs)) {
        const paid = Math.min(owed, hand.left);
        hand.left -= paid;
        owed -= paid;
      }
      const left = inHand(nowMs);
      return {
        policy: standings.policy,
        standings: standings.standings.map((one) => ({ ...one, remaining: one.remaining + left })),
      };
    },

    extra(nowMs, leaseMs) {
      if (nowMs < renewedByMs) return 0;
      const demand = (asks * leaseMs) / Math.max(1, nowMs - contactMs);
      const wanted = Math.min(Math.floor(demand), GROWTH * asks, MOST_EXTRA);
      asks = 0;
      contactMs = nowMs;
      renewedByMs = nowMs + leaseMs;
      return wanted;
    },

    isLow(nowMs) {
      return given > 0 && nowMs >= renewedByMs && inHand(nowMs) * 4 < given;
    },

    receive(id, tokens, untilMs, seen) {
      renewedByMs = -Infinity;
      given = tokens;
      standings = seen;
      if (tokens > 0) hands.push({ id, left: tokens, untilMs });
    },

    drop(id) {
      const hand = hands.find((one) => one.id === id);
      hands = hands.filter((one) => one !== hand);
      return hand?.left ?? 0;
    },
  };
}
