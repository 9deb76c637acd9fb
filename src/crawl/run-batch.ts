import { isLoopback } from "../http/loopback.ts";
import type { BatchContext, GrowingReport, RunningBatch } from "./batch-context.ts";
import { fetchPage } from "./fetch-page.ts";
import { noteHost } from "./host-note.ts";
import { refusal, rulesOf } from "./host-rules.ts";
import { hostOf } from "./judge.ts";
import { overConnection } from "./over-connection.ts";
import type { PaceSettings } from "./plan.ts";
import { visitHost } from "./visit-host.ts";
import type { Batch, BatchUrl, Report } from "./wire.ts";

/** URLs are begun for so long; what is left then goes back, so that no batch takes longer than this and one fetch. */
const MOST_MS = 5_000;

/** URLs of sitemaps in one report, which has to be held in memory and sent; what is left of the batch is handed back. */
const MOST_LISTED = 10_000;
/** The same for all URLs of a report, in characters. */
const MOST_CHARACTERS = 4_000_000;

/** Fetches a batch: from hosts that are spared one page after the other, with pauses, from others all at once. */
export async function runBatch({ lease, urls }: Batch, context: BatchContext): Promise<Report> {
  const report: GrowingReport = { lease, results: [], hosts: [], robots: 0 };
  const running = {
    ...context,
    endMs: context.clock.now() + MOST_MS,
    isWanted: () => context.isWanted() && !isFull(report),
  };
  const visits = [...Map.groupBy(urls, ({ url }) => new URL(url).origin)].map(async ([origin, own]) => {
    const visit = isSpared(new URL(origin), context.settings.pace) ? visitHost : askAtOnce;
    await visit(origin, own, running, report);
  });
  await Promise.all(visits);
  return report;
}

/** Whether a host is asked one thing at a time, with pauses. */
export function isSpared(url: URL, { sparesLoopback }: PaceSettings): boolean {
  return sparesLoopback || !isLoopback(url);
}

async function askAtOnce(
  origin: string,
  urls: readonly BatchUrl[],
  context: RunningBatch,
  report: GrowingReport,
): Promise<void> {
  const rules = await rulesOf(origin, context, report);
  if (rules === undefined) return;
  const ask = async (one: BatchUrl) => {
    const result =
      refusal(one, rules) ?? (await overConnection(context, async () => await fetchPage(one, context)));
    if (result !== undefined) report.results.push(result);
  };
  await Promise.all(urls.map(ask));
  const { robots = "unreachable" } = rules;
  report.hosts.push(noteHost({ host: hostOf(new URL(origin)), robots, urls, results: report.results }));
}

function isFull({ results }: GrowingReport): boolean {
  let [listed, characters] = [0, 0];
  for (const result of results) {
    if (result.kind !== "sitemap" && result.kind !== "page") continue;
    if (result.kind === "sitemap") listed += result.found.length;
    for (const { url } of result.found) characters += url.length;
  }
  return listed >= MOST_LISTED || characters >= MOST_CHARACTERS;
}
