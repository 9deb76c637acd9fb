import type { BatchContext, GrowingReport } from "./batch-context.ts";
import { fetchRobots } from "./fetch-robots.ts";
import { mayFetch, type Robots } from "./robots.ts";
import type { BatchUrl, Result } from "./wire.ts";

/** How long a robots.txt is kept (RFC 9309, 2.4). */
export const ROBOTS_FRESH_MS = 86_400_000;

/** What hosts say, by origin, and until when it holds. */
export type KnownRules = Map<string, { readonly robots: Robots; readonly untilMs: number }>;

/** What a host's robots.txt says, asked for if that is not known. @returns `undefined` where it cannot say. */
export async function rulesOf(
  origin: string,
  context: BatchContext,
  report: GrowingReport,
): Promise<Robots | undefined> {
  const known = context.rules.get(origin);
  if (known !== undefined && known.untilMs > context.clock.now()) return known.robots;
  const robots = await learnRules(origin, context, report);
  const untilMs = context.clock.now() + ROBOTS_FRESH_MS;
  if (robots !== undefined) context.rules.set(origin, { robots, untilMs });
  return robots;
}

/** Asks a host for its robots.txt. @returns `undefined` where it cannot say. */
export async function learnRules(
  origin: string,
  context: BatchContext,
  report: GrowingReport,
): Promise<Robots | undefined> {
  using _ = await context.connections.acquire();
  const { robots, requests } = await fetchRobots(origin, context);
  report.robots += requests;
  return robots;
}

/** Why a URL is not asked for; `undefined` when it may be. */
export function refusal({ id, url }: BatchUrl, rules: Robots | undefined): Result | undefined {
  if (rules === undefined) return { id, kind: "retry", reason: "robots-unreachable" };
  return mayFetch(rules, new URL(url)) ? undefined : { id, kind: "kept-out", reason: "robots" };
}
