import { monitorEventLoopDelay, performance } from "node:perf_hooks";

/** How this process does. */
export interface Load extends Disposable {
  /** How late callbacks came since the last time it was asked, and how busy the event loop was. */
  lag(): string;
  memory(): string;
}

const MEGABYTE = 2 ** 20;
const NANOSECONDS_PER_MS = 1e6;

const inMs = (nanoseconds: number) => `${(nanoseconds / NANOSECONDS_PER_MS).toFixed(1)} ms`;
const inMegabytes = (bytes: number) => `${(bytes / MEGABYTE).toFixed(1)} MiB`;

/** Begins to look. */
export function watchLoad(): Load {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  let before = performance.eventLoopUtilization();
  return {
    lag() {
      const used = performance.eventLoopUtilization(before);
      before = performance.eventLoopUtilization();
      const [p50, p99, max] = [delay.percentile(50), delay.percentile(99), delay.max];
      delay.reset();
      return `lag p50 ${inMs(p50)}, p99 ${inMs(p99)}, max ${inMs(max)}; busy ${Math.round(used.utilization * 100)} %`;
    },
    memory() {
      const { rss, heapUsed, external } = process.memoryUsage();
      return `resident ${inMegabytes(rss)}, heap ${inMegabytes(heapUsed)}, outside it ${inMegabytes(external)}`;
    },
    [Symbol.dispose]: () => void delay.disable(),
  };
}
