import { parentPort, workerData } from "node:worker_threads";
import { createLog, type LogLevel } from "../log.ts";
import { readPulse, sharedNow } from "./heartbeat.ts";
import { takeMainStack } from "./main-stack.ts";
import type { StallReport } from "./report.ts";
import { createWatch } from "./watch.ts";

/** What the thread is started with. */
export interface WatchdogOptions {
  readonly memory: SharedArrayBuffer;
  readonly limitMs: number;
  readonly logLevel: LogLevel;
}

/** Whoever can be stopped is stopped sooner than this. A stall in native code is told of without its stack then. */
const STACK_PATIENCE_MS = 100;

const HINT = "It cannot be stopped, being in native code or without a processor: where it goes on follows";

// A thread has no origin.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
const tell = (report: StallReport) => parentPort?.postMessage(report);

/** Watches over the main thread from a thread of its own, so that what it logs is there while the other stands still. */
function watch({ memory, limitMs, logLevel }: WatchdogOptions): void {
  const log = createLog(logLevel);
  const pulse = readPulse(memory);
  const watching = createWatch(limitMs, sharedNow());
  let stall = 0;
  let pursuit: Pursuit | undefined;

  const look = () => {
    const nowMs = sharedNow();
    const sight = watching.look(pulse(), nowMs);
    switch (sight.t) {
      case "turns":
        break;
      case "stalled":
        stall += 1;
        tell({ t: "stalled", stall, atMs: Date.now(), forMs: sight.forMs });
        pursuit = pursue(stall, nowMs - sight.forMs);
        break;
      case "still-stalled":
        pursuit?.wait();
        break;
      case "turns-again":
        pursuit?.[Symbol.dispose]();
        tell({ t: "ended", stall, afterMs: sight.afterMs });
    }
    setTimeout(look, Math.max(1, watching.dueMs - sharedNow()));
  };

  const pursue = (number: number, sinceMs: number): Pursuit => {
    const beganMs = sharedNow();
    let isLogged = false;
    let taking: Disposable | undefined;
    const report = (event: string, stack: readonly string[], more: object = {}) => {
      isLogged = true;
      log.warn({ event, stalledMs: Math.round(sharedNow() - sinceMs), stack, ...more });
    };
    try {
      taking = takeMainStack((stack) => {
        const isLate = sharedNow() - beganMs > STACK_PATIENCE_MS;
        tell({ t: "stack", stall: number, stack, isLate });
        report(isLogged ? "stall-went-on" : "stall", stack, isLate ? { isLate } : {});
      });
    } catch (error) {
      report("stall", [], { err: error });
    }
    return {
      wait() {
        if (!isLogged && sharedNow() - beganMs > STACK_PATIENCE_MS) report("stall", [], { hint: HINT });
      },
      [Symbol.dispose]() {
        taking?.[Symbol.dispose]();
        if (!isLogged) report("stall", []);
      },
    };
  };

  look();
  tell({ t: "watching" });
}

/** The attempt to see where a stall is. */
interface Pursuit extends Disposable {
  /** It still lasts. */
  wait(): void;
}

watch(workerData as WatchdogOptions); // as `watchStalls` starts it
