import { sleep } from "#kernel";
import type { GrowingReport, RunningBatch } from "./batch-context.ts";
import { fetchPage } from "./fetch-page.ts";
import type { Entry } from "./gate.ts";
import { learnRules, refusal } from "./host-rules.ts";
import { pauseAfter } from "./pause.ts";
import type { BatchUrl } from "./wire.ts";

/** When to come back to a host whose gate does not answer. */
const AGAIN_MS = 5_000;

/** Asks a host that is spared for one page after the other, once its gate lets us in. */
export async function visitHost(
  origin: string,
  urls: readonly BatchUrl[],
  context: RunningBatch,
  report: GrowingReport,
): Promise<void> {
  const { clock, settings, who, endMs } = context;
  const gate = context.gateFor(new URL(origin).host);
  const outOfReach: Entry = { isOpen: false, afterMs: AGAIN_MS };
  const entry = await gate.enter(who, origin).catch(() => outOfReach);
  const defer = (left: readonly BatchUrl[], afterMs: number) => {
    for (const { id } of left) report.results.push({ id, kind: "deferred", afterMs });
  };
  if (!entry.isOpen) {
    defer(urls, entry.afterMs);
    return;
  }
  let { failures } = entry;
  let readyMs = clock.now() + entry.waitMs;
  const untilReady = async () => {
    const waitMs = readyMs - clock.now();
    if (waitMs > 0) await sleep(waitMs, undefined, clock);
  };
  let learned;
  try {
    if (entry.robots === undefined) {
      await untilReady();
      learned = await learnRules(origin, context, report);
      if (learned === undefined) failures += 1;
    }
    const robots = entry.robots ?? learned;
    for (const [index, one] of urls.entries()) {
      const refused = refusal(one, robots);
      if (refused !== undefined) {
        report.results.push(refused);
        continue;
      }
      if (readyMs > endMs) {
        defer(urls.slice(index), readyMs - clock.now());
        return;
      }
      await untilReady();
      if (!context.isWanted() || clock.now() > endMs) return;
      using _ = await context.connections.acquire();
      const startMs = clock.now();
      const result = await fetchPage(one, context);
      report.results.push(result);
      failures = result.kind === "retry" ? failures + 1 : 0;
      const asked = {
        latencyMs: clock.now() - startMs,
        failures,
        crawlDelayMs: robots?.delayMs,
        retryAfterMs: result.kind === "retry" ? result.afterMs : undefined,
      };
      readyMs = clock.now() + pauseAfter(asked, settings.pace);
    }
  } finally {
    const pauseMs = Math.max(0, readyMs - clock.now());
    // Should it not be heard, the gate opens by itself a while later.
    await gate.leave(who, origin, { pauseMs, failures, robots: learned }).catch(() => undefined);
  }
}
