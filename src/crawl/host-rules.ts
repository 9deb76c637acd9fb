import type { GrowingReport, RunningBatch } from "./batch-context.ts";
import { fetchRobots, type RobotsAnswer } from "./fetch-robots.ts";
import { overConnection } from "./over-connection.ts";
import { mayFetch } from "./robots.ts";
import type { BatchUrl, Result } from "./wire.ts";

/** How long a robots.txt is kept (RFC 9309, 2.4). */
export const ROBOTS_FRESH_MS = 86_400_000;

/** What a host's robots.txt says, asked for if that is not known. @returns `undefined` where the batch is over before. */
export async function rulesOf(
  origin: string,
  context: RunningBatch,
  report: GrowingReport,
): Promise<Pick<RobotsAnswer, "robots" | "fault"> | undefined> {
  const known = context.rules.get(origin);
  if (known !== undefined && known.untilMs > context.clock.now()) return known;
  const answer = await learnRules(origin, context, report);
  const untilMs = context.clock.now() + ROBOTS_FRESH_MS;
  if (answer?.robots !== undefined) context.rules.set(origin, { robots: answer.robots, untilMs });
  return answer;
}

/** Asks a host for its robots.txt. @returns `undefined` where the batch is over before there is a connection. */
export async function learnRules(
  origin: string,
  context: RunningBatch,
  report: GrowingReport,
): Promise<RobotsAnswer | undefined> {
  const answer = await overConnection(context, async () => await fetchRobots(origin, context));
  report.robots += answer?.requests ?? 0;
  return answer;
}

/** Why a URL is not asked for; `undefined` when it may be. */
export function refusal(
  { id, url }: BatchUrl,
  { robots, fault }: Pick<RobotsAnswer, "robots" | "fault">,
): Result | undefined {
  if (robots === undefined) return { id, kind: "retry", reason: fault ?? "robots-unreachable" };
  return mayFetch(robots, new URL(url)) ? undefined : { id, kind: "kept-out", reason: "robots" };
}
