import { Hono } from "hono";
import * as z from "zod";
import type { Clock } from "#kernel";
import type { CallerVariables } from "./caller.ts";
import { guarded } from "./guarded.ts";
import { unavailable } from "./unavailable.ts";
import { within } from "./within.ts";

/** What can be asked whether it is there, by name: each asks for something small, changes nothing, and rejects when it is not. */
export type Parts = Readonly<Record<string, () => Promise<unknown>>>;

/** What answers later than this is not ready. */
const PATIENCE_MS = 2_000;

const Ready = z.object({
  parts: z.array(z.object({ name: z.string(), elapsedMs: z.number() })),
});

const asking = guarded({
  scope: "health",
  summary: "Asks every part of this Manifold whether it is there",
  description: `All at once, each for ${PATIENCE_MS} ms at most. For a monitor; \`/healthz\` asks nobody.`,
  answers: { 200: { description: "All of them are", schema: Ready } },
  problems: ["not-ready"],
});

/** Offers whether what this Manifold is made of can be reached. */
export function readinessRoutes(parts: Parts, clock: Clock) {
  const ask = async ([name, isThere]: [string, Parts[string]]) => {
    const beganMs = clock.now();
    const failure = await within(PATIENCE_MS, clock, isThere()).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    return { name, elapsedMs: Math.round(clock.now() - beganMs), failure };
  };
  return new Hono<CallerVariables>().get("/v1/ready", asking, async (c) => {
    const asked = await Promise.all(Object.entries(parts).map(ask));
    const away = asked.filter(({ failure }) => failure !== undefined);
    if (away.length > 0) {
      const names = away.map(({ name }) => name);
      const errors = away.map(({ failure }) => failure?.error);
      // The log has them all.
      const cause = new AggregateError(errors, `These are away: ${names.join(", ")}`);
      throw unavailable("not-ready", { members: { away: names }, cause });
    }
    const body: z.infer<typeof Ready> = { parts: asked.map(({ name, elapsedMs }) => ({ name, elapsedMs })) };
    return c.json(body, 200);
  });
}
