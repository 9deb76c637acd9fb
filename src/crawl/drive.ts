import type { Frontier } from "./frontier.ts";
import type { Batch, Report } from "./wire.ts";

/** Batches that a crawl's own object fetches at once, over the same connections: one is taken in as another goes on. */
const OWN = 2;
/** Connections of an invocation of a Worker, and so of a batch. */
export const CONNECTIONS = 6;

/** How many batches are out at once, for so many connections. */
export function streamsFor(concurrency: number): number {
  return OWN + Math.ceil(concurrency / CONNECTIONS) - 1;
}

/** Connections of a batch that is fetched elsewhere: with those of the object, all are no more than `concurrency`. */
export function connectionsAway(concurrency: number): number {
  const batches = Math.max(1, streamsFor(concurrency) - OWN);
  return Math.max(1, Math.floor((concurrency - CONNECTIONS) / batches));
}

/** What drives a crawl. */
export interface DrivePorts {
  readonly frontier: Pick<Frontier, "dueMs" | "tick" | "begin">;
  /** Fetches a batch. */
  run(batch: Batch): Promise<Report>;
  /** Takes in what was done. */
  take(report: Report): void;
  /** Tells others of batches that nobody has. */
  publish(): void;
  readonly now: () => number;
  /** Whether more batches are to be begun. If not, the frontier is let be: it may not be the crawl's any more. */
  readonly goesOn: () => boolean;
}

/**
 * Fetches what a frontier hands out, for as long as it does: some of it here, and what is more elsewhere. Settles when
 * nothing is being fetched here any more.
 */
export async function driveCrawl(ports: DrivePorts): Promise<void> {
  const { frontier, now } = ports;
  const running = new Set<Promise<void>>();
  const begin = (batch: Batch) => {
    const work = ports
      .run(batch)
      .then((report) => ports.take(report))
      .finally(() => running.delete(work));
    running.add(work);
  };
  try {
    for (;;) {
      if (ports.goesOn() && frontier.dueMs() <= now()) frontier.tick(now());
      while (running.size < OWN && ports.goesOn()) {
        const batch = frontier.begin("own", now());
        if (batch === undefined) break;
        begin(batch);
      }
      if (ports.goesOn()) ports.publish();
      if (running.size === 0) return;
      await Promise.race(running);
    }
  } finally {
    await Promise.allSettled(running);
  }
}
