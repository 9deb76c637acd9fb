/** How an outcome is coloured. */
export type Tone = "good" | "slow" | "bad" | "idle" | "busy";

const KNOWN: Readonly<Record<string, readonly [Tone, string]>> = {
  ok: ["good", "upstream answered"],
  timeout: ["slow", "upstream took too long"],
  unreachable: ["bad", "upstream could not be reached"],
  reset: ["bad", "upstream broke off"],
  malformed: ["bad", "upstream did not answer in JSON"],
  invalid: ["bad", "upstream’s answer has another shape than agreed"],
  "too-large": ["bad", "upstream answered too much"],
  redirect: ["bad", "upstream sent us where we do not go"],
  "broken-circuit": ["slow", "upstream is left alone for a while"],
  "too-many": ["bad", "more elements than it takes"],
  unsendable: ["bad", "no request can be made from this"],
  cancelled: ["idle", "cancelled"],
  skipped: ["idle", "not asked"],
  unknown: ["idle", "nobody knows what became of it"],
  running: ["busy", "under way"],
  waiting: ["idle", "waits for what it needs"],
};

/** Which colour an outcome gets; one that this page does not know is bad. */
export function toneOf(outcome: string): Tone {
  return KNOWN[outcome]?.[0] ?? "bad";
}

/** An outcome in words: `status=503` is "upstream answered 503". */
export function describeOutcome(outcome: string): string {
  const status = /^status=(\d+)$/.exec(outcome)?.[1];
  return status === undefined ? (KNOWN[outcome]?.[1] ?? outcome) : `upstream answered ${status}`;
}

const NOTES: Readonly<Record<string, readonly [short: string, long: string]>> = {
  hit: ["cached", "answered from what was kept"],
  stale: ["stale", "answered from what was kept and is no longer fresh"],
  shared: ["shared", "another request was fetching the same"],
  fallback: ["stand-in", "a mirror or a value stood in"],
};

/** How else a branch got at its answer: in a word, and in a sentence. */
export function describeNote(note: string): { readonly short: string; readonly long: string } {
  const [short, long] = NOTES[note] ?? [note, note];
  return { short, long };
}
