import type { Refusal, Unreachable } from "../exchange.ts";

/** How calls ask: `try` is answered at once, `wait` waits for its turn. */
export type Mode = "try" | "wait";

/** A call, `atMs` from when all of them were fired. */
export type Call =
  | { readonly kind: "open" }
  | {
      readonly kind: "went";
      readonly atMs: number;
      /** At the limiter; what a call waits for in the browser is not in it. */
      readonly waitedMs: number;
      readonly remaining: number;
      /** Why nobody checked whether it might go, if nobody did. */
      readonly unchecked: string | undefined;
    }
  | {
      readonly kind: "refused";
      readonly atMs: number;
      /** The header field, in whole seconds. */
      readonly retryAfter: string | undefined;
      readonly retryAfterMs: number;
      /** Which limit it was; another than the one that was asked may stand before all of the API. */
      readonly policy: string | undefined;
      readonly reason: string | undefined;
    }
  | { readonly kind: "failed"; readonly atMs: number; readonly failure: Refusal | Unreachable }
  /** Was told to leave before it was answered. */
  | { readonly kind: "left"; readonly atMs: number };

/** Calls that were fired at once. */
export interface Volley {
  readonly mode: Mode;
  readonly beganMs: number;
  readonly calls: readonly Call[];
}

/** A shorter wait is no more than the way to the limiter and back. */
const AT_ONCE_MS = 150;

/** Nothing is answered yet. */
export function beginVolley(count: number, mode: Mode, beganMs: number): Volley {
  return { mode, beganMs, calls: Array.from({ length: count }, () => ({ kind: "open" })) };
}

/** Takes note of what became of a call. */
export function withCall(volley: Volley, index: number, call: Call): Volley {
  return { ...volley, calls: volley.calls.with(index, call) };
}

/** What one sees of a call. */
export type Fate = Exclude<Call["kind"], "went"> | "at-once" | "waited";

/** Tells those who went at once from those who had to wait: these leave no token behind. */
export function fateOf(call: Call): Fate {
  if (call.kind !== "went") return call.kind;
  return call.remaining > 0 || call.waitedMs < AT_ONCE_MS ? "at-once" : "waited";
}

/** The calls in the order in which they were answered, then those that were not yet. */
export function inOrder({ calls }: Volley): readonly Call[] {
  const endOf = (call: Call) => (call.kind === "open" ? Infinity : call.atMs);
  // The difference of two that are open would be no number.
  return calls.toSorted((a, b) => (endOf(a) === endOf(b) ? 0 : endOf(a) - endOf(b)));
}

/** How many of each fate there are, and when the last one was answered. */
export function tallyOf({
  calls,
}: Volley): { readonly [fate in Fate]: number } & { readonly lastMs: number } {
  const tally = { open: 0, "at-once": 0, waited: 0, refused: 0, failed: 0, left: 0, lastMs: 0 };
  for (const call of calls) {
    tally[fateOf(call)] += 1;
    if (call.kind !== "open") tally.lastMs = Math.max(tally.lastMs, call.atMs);
  }
  return tally;
}
