import type { AttemptKind } from "../src/aggregate/attempt-log.ts";
import type { Span } from "./timeline.ts";

/** What a call is called: in the legend, and when it is counted. */
export const CALL_WORDS: Readonly<Record<AttemptKind, { readonly one: string; readonly many: string }>> = {
  first: { one: "call", many: "calls" },
  retry: { one: "retry", many: "retries" },
  hedge: { one: "second copy", many: "second copies" },
  fallback: { one: "stand-in", many: "stand-ins" },
};

/** A number of calls of a kind: `1 retry`, `2 second copies`. */
export function countOf(kind: AttemptKind, count: number): string {
  return `${count} ${CALL_WORDS[kind][count === 1 ? "one" : "many"]}`;
}

/** What a branch did beside one plain call: `4 calls: 2 retries, 1 stand-in`; empty when that was all. */
export function summarizeCalls({ attempts = [] }: Span): string {
  if (attempts.length === 0 || (attempts.length === 1 && attempts[0]?.kind === "first")) return "";
  const extra = (["retry", "hedge", "fallback"] as const).flatMap((kind) => {
    const count = attempts.filter((attempt) => attempt.kind === kind).length;
    return count === 0 ? [] : [countOf(kind, count)];
  });
  const all = countOf("first", attempts.length);
  return extra.length === 0 ? all : `${all}: ${extra.join(", ")}`;
}
