import { readFileSync } from "node:fs";

/** The kernel counts CPU time for user space in these, on every Linux (proc(5), `/proc/[pid]/stat`). */
const TICKS_PER_SECOND = 100;

/** What a process and all that descend from it use. Nothing, on systems without `/proc`. */
export interface Usage {
  /** In all since they began, with that of children which have ended. */
  readonly cpuMs: number;
  /** At the moment. */
  readonly rssBytes: number;
  /** What of it is their own, and not pages of files that the kernel keeps anyway. */
  readonly anonymousBytes: number;
}

/** Reads the usage of a process tree. */
export function usageOf(rootPid: number): Usage {
  let cpuMs = 0;
  let rssBytes = 0;
  let anonymousBytes = 0;
  for (const pid of treeOf(rootPid)) {
    // The name before `)` may hold any character; the fields after it are plain and begin with the third.
    const fields = readText(`/proc/${pid}/stat`)
      .replace(/^.*\) /s, "")
      .split(" ");
    const ticks = fields.slice(14 - 3, 18 - 3).reduce((sum, field) => sum + Number(field), 0);
    cpuMs += (ticks * 1000) / TICKS_PER_SECOND;
    const status = readText(`/proc/${pid}/status`);
    const bytesOf = (name: string) =>
      1024 * Number(new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
    rssBytes += bytesOf("VmRSS");
    anonymousBytes += bytesOf("RssAnon");
  }
  return { cpuMs, rssBytes, anonymousBytes };
}

/** A process and all that descend from it; only itself, on systems without `/proc`. */
export function treeOf(rootPid: number): readonly number[] {
  const pids = [rootPid];
  for (const pid of pids) {
    const children = readText(`/proc/${pid}/task/${pid}/children`);
    pids.push(...children.split(" ").filter(Boolean).map(Number));
  }
  return pids;
}

/** The time that all cores together were busy since the machine began, in milliseconds. */
export function machineBusyMs(): number {
  const times = readText("/proc/stat").split("\n", 1)[0]?.split(/\s+/).slice(1).map(Number) ?? [];
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = times;
  return ((user + nice + system + irq + softIrq + steal) * 1000) / TICKS_PER_SECOND;
}

/** The most memory that was seen. */
export interface Peak {
  readonly peakBytes: number;
  readonly peakAnonymousBytes: number;
}

/** Watches a process tree's memory until disposed of. A peak between two looks is not seen. */
export function watchMemory(rootPid: number, everyMs = 10): Disposable & Peak {
  let peakBytes = 0;
  let peakAnonymousBytes = 0;
  const look = () => {
    const { rssBytes, anonymousBytes } = usageOf(rootPid);
    peakBytes = Math.max(peakBytes, rssBytes);
    peakAnonymousBytes = Math.max(peakAnonymousBytes, anonymousBytes);
  };
  const timer = setInterval(look, everyMs);
  look();
  return {
    get peakBytes() {
      return peakBytes;
    },
    get peakAnonymousBytes() {
      return peakAnonymousBytes;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // it has just ended, or this is not Linux
  }
}
