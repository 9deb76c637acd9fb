import { once } from "node:events";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

/** When each beat is due, in milliseconds since the first. */
export function beats(perSecond: number, durationMs: number): readonly number[] {
  const count = Math.floor((perSecond * durationMs) / 1000);
  return Array.from({ length: count }, (_, beat) => (beat * 1000) / perSecond);
}

/** A time in milliseconds that all threads share. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** What to add to `performance.now()`, which costs less, for a time that all threads share. */
export function clockOffsetMs(): number {
  let offsetMs = 0;
  let leastMs = Infinity;
  // Whatever comes between two looks makes them lie apart.
  for (let look = 0; look < 10; look += 1) {
    const beforeMs = performance.now();
    const sharedMs = nowMs();
    const tookMs = performance.now() - beforeMs;
    if (tookMs >= leastMs) continue;
    leastMs = tookMs;
    offsetMs = sharedMs - beforeMs - tookMs / 2;
  }
  return offsetMs;
}

/**
 * Calls back at each beat. A timer of Node's is late by up to a millisecond, which is what is measured here; a thread
 * that sleeps to the microsecond is not, and costs nothing while it sleeps.
 *
 * @param onBeat Is told when the beat was due, by `nowMs`.
 * @returns Settles after the last beat.
 */
export async function metronome(beatsMs: readonly number[], onBeat: (dueMs: number) => void): Promise<void> {
  const worker = new Worker(new URL(import.meta.url), { workerData: beatsMs });
  worker.on("message", onBeat);
  await once(worker, "exit");
}

if (!isMainThread) {
  const nobodyNotifies = new Int32Array(new SharedArrayBuffer(4));
  const startMs = nowMs();
  // Set by `metronome` above, and by nobody else.
  for (const beatMs of workerData as readonly number[]) {
    const leftMs = startMs + beatMs - nowMs();
    if (leftMs > 0) Atomics.wait(nobodyNotifies, 0, 0, leftMs);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    parentPort?.postMessage(startMs + beatMs);
  }
}
