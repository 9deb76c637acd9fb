import type { Robots } from "./robots.ts";
import type { BatchUrl, HostNote, Result } from "./wire.ts";

/** What a visit to a host comes to, for people. */
interface Visited {
  readonly host: string;
  /** What its robots.txt says; nothing where nobody has asked. */
  readonly robots: Robots | "unreachable" | undefined;
  readonly urls: readonly BatchUrl[];
  /** Of the whole batch. */
  readonly results: readonly Result[];
  readonly pauseMs?: number | undefined;
}

/** Notes how a host was found. */
export function noteHost({ host, robots, urls, results, pauseMs }: Visited): HostNote {
  const own = new Set(urls.map(({ id }) => id));
  const error = results.findLast(
    (result) => own.has(result.id) && (result.kind === "retry" || result.kind === "failed"),
  );
  return {
    host,
    ...(robots === "unreachable" && { robots }),
    ...(typeof robots === "object" && {
      robots: robots.rules.length > 0 ? "has-rules" : "allows-all",
      crawlDelayMs: robots.delayMs,
    }),
    ...(error !== undefined && "reason" in error && { error: error.reason }),
    pauseMs,
  };
}
