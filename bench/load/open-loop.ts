import type { Seen } from "./closed-loop.ts";
import { type Connection, openConnections } from "./connection.ts";
import type { LoadOrder } from "./load.ts";
import { beats, metronome, nowMs } from "./metronome.ts";

/**
 * Sends at a fixed rate, whether answers come or not, as the world does. A latency counts from when its request was
 * due: one that has to wait, because those before it are slow, has waited (Gil Tene, "How NOT to Measure Latency").
 */
export async function openLoop(order: LoadOrder & { readonly perSecond: number }): Promise<Seen> {
  const latenciesMs: number[] = [];
  const faults: string[] = [];
  const overdue: number[] = [];
  const running: Promise<void>[] = [];
  using stack = new DisposableStack();
  const idle: Connection[] = [...(await openConnections(order, stack))];

  const call = async (connection: Connection, firstDueMs: number) => {
    try {
      for (let dueMs: number | undefined = firstDueMs; dueMs !== undefined; dueMs = overdue.shift()) {
        const fault = await connection.get();
        if (fault !== undefined) faults.push(fault);
        latenciesMs.push(nowMs() - dueMs);
      }
      idle.push(connection);
    } catch (error) {
      faults.push(String(error));
    }
  };
  const onBeat = (dueMs: number) => {
    // Who has waited longest comes next, so that no two requests at a time are the same.
    const connection = idle.shift();
    if (connection === undefined) overdue.push(dueMs);
    else running.push(call(connection, dueMs));
  };

  const beganMs = nowMs();
  await metronome(beats(order.perSecond, order.durationMs), onBeat);
  await Promise.all(running);
  return { latenciesMs, elapsedMs: nowMs() - beganMs, faults };
}
