/** What a URL looks like that a program makes up without end. */
export interface TrapLimits {
  /** The longest URL. */
  readonly characters: number;
  readonly segments: number;
  /** How often one segment may stand in a path. */
  readonly repeats: number;
}

/** The limits of the crawler; a URL of 2,083 characters was the longest for Internet Explorer, and sites kept to it. */
const TRAP_LIMITS: TrapLimits = { characters: 2_083, segments: 20, repeats: 2 };

/** Why a URL is not worth following, judged by its spelling. */
export type Trap = "too-long" | "too-deep" | "repeated-segment";

/** Names the trap that a URL looks like. */
export function trapOf(url: URL, limits: TrapLimits = TRAP_LIMITS): Trap | undefined {
  if (url.href.length > limits.characters) return "too-long";
  const segments = url.pathname.split("/").filter((segment) => segment !== "");
  if (segments.length > limits.segments) return "too-deep";
  if (segments.length <= limits.repeats) return undefined;
  const times = new Map<string, number>();
  for (const segment of segments) {
    const count = (times.get(segment) ?? 0) + 1;
    if (count > limits.repeats) return "repeated-segment";
    times.set(segment, count);
  }
  return undefined;
}
