import { fork } from "node:child_process";
import { once } from "node:events";
import { WrongAnswerError } from "../harness/bench.ts";

/** One load to make. */
export interface LoadOrder {
  /** Each connection puts its number in place of `{}`: what asks for the same may be answered once. */
  readonly url: string;
  /** What every answer has to be, as JSON, with the same `{}`. */
  readonly expected: unknown;
  readonly connections: number;
  readonly durationMs: number;
  /** Sends at this rate, whatever comes back; without it, as fast as answers come. */
  readonly perSecond?: number;
}

/** What came back. */
export interface LoadReport {
  readonly count: number;
  /** From the first request to the last answer. */
  readonly elapsedMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The first answer that was wrong, or why there was none. */
  readonly fault: string | null;
}

/** Makes load from a process of its own, one order at a time. */
export interface Load extends AsyncDisposable {
  /** @throws {WrongAnswerError} When an answer was wrong or did not come. */
  make(order: LoadOrder): Promise<LoadReport>;
}

export function startLoad(): Load {
  const child = fork(new URL("generator.ts", import.meta.url));
  return {
    async make(order) {
      child.send(order);
      // The generator sends nothing else.
      const [report] = (await once(child, "message")) as [LoadReport];
      if (report.fault !== null) throw new WrongAnswerError(report.fault);
      return report;
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}
