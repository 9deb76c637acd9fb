import type { CancelSignal } from "./cancel.ts";
import { systemClock } from "./clock.ts";
import { expectDuration } from "./expect.ts";
import { startTask } from "./observe.ts";
import { sleep } from "./sleep.ts";
import type { RunOptions, Task } from "./task.ts";

/**
 * A heartbeat: runs a task again and again, `ms` milliseconds after the last run ended, so runs never overlap. The
 * first comes after `ms`, too.
 *
 * @returns Never: it goes on until it throws.
 * @throws The reason of `signal` when it aborts; what the task throws, which ends the heartbeat.
 */
export async function every(
  ms: number,
  task: Task<void>,
  signal: CancelSignal,
  options: Omit<RunOptions, "signal"> = {},
): Promise<never> {
  const { clock = systemClock, within } = options;
  expectDuration("ms", ms);
  for (let beat = 0; ; beat += 1) {
    await sleep(ms, signal, clock);
    await startTask(task, String(beat), signal, within, clock);
  }
}
