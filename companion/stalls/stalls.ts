import { Worker } from "node:worker_threads";
import type { Log, LogLevel } from "../log.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { createStallBook, type Stall, type StallReport } from "./report.ts";
import type { WatchdogOptions } from "./watchdog.ts";

const MOST_STALLS = 50;

/** Those who watch whether the event loop turns. */
export interface Stalls extends AsyncDisposable {
  /** The last ones, from old to new. */
  list(): readonly Stall[];
}

/** Whether and when to call it a stall, and what of it to log. */
interface StallOptions {
  readonly limitMs: number | "off";
  readonly logLevel: LogLevel;
  readonly log: Log;
}

/**
 * Watches this thread's event loop, which must be the main thread's, from another thread. Resolves when that has begun to.
 */
export async function watchStalls({ limitMs, logLevel, log }: StallOptions): Promise<Stalls> {
  if (limitMs === "off") return { list: () => [], [Symbol.asyncDispose]: () => Promise.resolve() };
  const heartbeat = startHeartbeat();
  const book = createStallBook(MOST_STALLS);
  const options: WatchdogOptions = { memory: heartbeat.memory, limitMs, logLevel };
  const begun = Promise.withResolvers<void>();
  const worker = new Worker(new URL("./watchdog.ts", import.meta.url), { workerData: options });
  worker.on("message", (report: StallReport) => {
    if (report.t === "watching") begun.resolve();
    else book.note(report);
  });
  // Whoever is not watched goes on.
  worker.on("error", (error) => log.error({ event: "watchdog-failed", err: error }));
  worker.on("exit", begun.resolve);
  await begun.promise;
  worker.unref();
  return {
    list: () => book.list(),
    async [Symbol.asyncDispose]() {
      heartbeat[Symbol.dispose]();
      await worker.terminate();
    },
  };
}
