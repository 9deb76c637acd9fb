/** How an outcome is coloured. */
export type Tone = "good" | "slow" | "bad" | "idle";

const KNOWN: Readonly<Record<string, readonly [Tone, string]>> = {
  ok: ["good", "upstream answered"],
  timeout: ["slow", "upstream took too long"],
  unreachable: ["bad", "upstream could not be reached"],
  reset: ["bad", "upstream broke off"],
  malformed: ["bad", "upstream did not answer in JSON"],
  invalid: ["bad", "upstream’s answer has another shape than agreed"],
  "too-large": ["bad", "upstream answered too much"],
  cancelled: ["idle", "cancelled"],
  skipped: ["idle", "not asked"],
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
