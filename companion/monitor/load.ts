import { monitorEventLoopDelay, performance } from "node:perf_hooks";

/** How late callbacks came, and which share of the time the event loop was busy (0 to 1). */
interface Lag {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly busy: number;
}

/** What the process takes of memory. */
interface Memory {
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** Of buffers and the like. */
  readonly outsideBytes: number;
}

/** How this process does. */
export interface Load extends Disposable {
  /** Since the last time it was asked. */
  lag(): Lag;
  memory(): Memory;
}

/** Which share of the time the event loop was busy, since it was asked last. */
export type Busy = () => number;

const NANOSECONDS_PER_MS = 1e6;
/** How often Node looks; what it counts (24.21.0) is the time from one look to the next. */
const LOOK_MS = 10;

/** Begins to count. */
export function watchBusy(): Busy {
  let before = performance.eventLoopUtilization();
  return () => {
    const { utilization } = performance.eventLoopUtilization(before);
    before = performance.eventLoopUtilization();
    return utilization;
  };
}

/** Begins to look. */
export function watchLoad(): Load {
  const delay = monitorEventLoopDelay({ resolution: LOOK_MS });
  delay.enable();
  const busy = watchBusy();
  return {
    lag() {
      const [p50Ms = 0, p99Ms = 0, maxMs = 0] = [delay.percentile(50), delay.percentile(99), delay.max].map(
        (nanoseconds) => Math.max(0, nanoseconds / NANOSECONDS_PER_MS - LOOK_MS),
      );
      delay.reset();
      return { p50Ms, p99Ms, maxMs, busy: busy() };
    },
    memory() {
      const { rss, heapUsed, external } = process.memoryUsage();
      return { residentBytes: rss, heapBytes: heapUsed, outsideBytes: external };
    },
    [Symbol.dispose]: () => void delay.disable(),
  };
}
