import { sleep } from "#kernel";
import type { GrowingReport, RunningBatch } from "./batch-context.ts";
import { fetchPage } from "./fetch-page.ts";
import type { Entry } from "./gate.ts";
import { noteHost } from "./host-note.ts";
import { learnRules, refusal } from "./host-rules.ts";
import { hostOf } from "./judge.ts";
import { overConnection } from "./over-connection.ts";
import { type Asked, pauseAfter } from "./pause.ts";
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
  const host = hostOf(new URL(origin));
  const gate = context.gateFor(host);
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
  /** Takes note of an answer: from now on the host is left alone for a while. */
  const spare = (asked: Omit<Asked, "failures">) => {
    readyMs = clock.now() + pauseAfter({ ...asked, failures }, settings.pace);
  };
  const untilReady = async () => {
    const waitMs = readyMs - clock.now();
    if (waitMs > 0) await sleep(waitMs, undefined, clock);
  };
  let learned;
  let isRefused = false;
  let fault;
  try {
    if (entry.robots === undefined) {
      await untilReady();
      const answer = await learnRules(origin, context, report);
      if (answer === undefined) return;
      ({ robots: learned, fault } = answer);
      isRefused = learned === undefined;
      if (isRefused) {
        failures += 1;
        spare({ latencyMs: answer.ms, retryAfterMs: answer.retryAfterMs });
      }
    }
    const robots = entry.robots ?? learned;
    for (const [index, one] of urls.entries()) {
      const refused = refusal(one, { robots, fault });
      if (refused !== undefined) {
        report.results.push(refused);
        continue;
      }
      if (readyMs > endMs) {
        defer(urls.slice(index), readyMs - clock.now());
        return;
      }
      await untilReady();
      let startMs = 0;
      const result = await overConnection(context, async () => {
        startMs = clock.now();
        return await fetchPage(one, context);
      });
      if (result === undefined) return;
      report.results.push(result);
      failures = result.kind === "retry" ? failures + 1 : 0;
      spare({
        latencyMs: clock.now() - startMs,
        crawlDelayMs: robots?.delayMs,
        retryAfterMs: result.kind === "retry" ? result.afterMs : undefined,
      });
    }
  } finally {
    const pauseMs = Math.max(0, readyMs - clock.now());
    const robots = isRefused ? "unreachable" : (entry.robots ?? learned);
    report.hosts.push(noteHost({ host, robots, urls, results: report.results, pauseMs }));
    // Should it not be heard, the gate opens by itself a while later.
    await gate.leave(who, origin, { pauseMs, failures, robots: learned }).catch(() => undefined);
  }
}
