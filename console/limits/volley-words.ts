import type { Refusal, Unreachable } from "../exchange.ts";
import type { Tone } from "../outcome.ts";
import { type Call, type Fate, fateOf, type tallyOf } from "./volley.ts";

/** How each fate is coloured. */
export const TONES: Readonly<Record<Fate, Tone>> = {
  open: "busy",
  "at-once": "good",
  waited: "slow",
  refused: "bad",
  failed: "bad",
  left: "idle",
};

const FATES: Readonly<Record<Fate, string>> = {
  "at-once": "at once",
  waited: "waited",
  refused: "refused",
  failed: "failed",
  left: "left",
  open: "not answered yet",
};

/** How many went at once, how many waited, and the rest, in a line. */
export function describeTally(tally: ReturnType<typeof tallyOf>): string {
  const parts = Object.entries(FATES).flatMap(([fate, words]) => {
    const count = tally[fate as Fate];
    return count === 0 ? [] : [`${count} ${words}`];
  });
  return tally.open === 0 ? `${parts.join(", ")}; the last after ${seconds(tally.lastMs)}` : parts.join(", ");
}

/** What became of a call at the limit `policy`: a few words, and what else there is to say. */
export function describeCall(call: Call, policy: string | undefined): readonly string[] {
  switch (call.kind) {
    case "open":
      return ["…"];
    case "left":
      return [`left at ${seconds(call.atMs)}`];
    case "failed":
      return describeFailure(call.failure);
    case "refused": {
      const by = call.policy === policy || call.policy === undefined ? "" : ` by ${call.policy}`;
      const why = REASONS[call.reason ?? ""] ?? "";
      const again = call.retryAfter === undefined ? [] : [`Retry-After: ${call.retryAfter}`];
      return [`refused${by}${why}`, ...again];
    }
    case "went": {
      const words = fateOf(call) === "at-once" ? "at once" : "waited";
      const unchecked = call.unchecked === undefined ? [] : [`unchecked: the limiter is ${call.unchecked}`];
      return [`${seconds(call.atMs)} ${words}`, ...unchecked];
    }
  }
}

function describeFailure(failure: Refusal | Unreachable): readonly string[] {
  if (failure.kind === "unreachable") return ["no answer", failure.reason];
  const { problem, exchange } = failure;
  const id = exchange.requestId === undefined ? [] : [`request ${exchange.requestId}`];
  return [problem.detail ?? problem.title, ...id];
}

/** Why a call was refused, where it is not for want of a token. */
const REASONS: Readonly<Record<string, string>> = {
  "too-long": ": the wait would be too long",
  "queue-full": ": too many wait",
};

const tenths = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

function seconds(ms: number): string {
  return `${tenths.format(ms / 1_000)}\u00a0s`;
}
