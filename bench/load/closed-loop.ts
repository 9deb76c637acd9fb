import { type Connection, openConnections } from "./connection.ts";
import type { LoadOrder } from "./load.ts";

/** What a load saw: a latency an answer, and what was wrong. */
export interface Seen {
  readonly latenciesMs: readonly number[];
  /** From the first request to the last answer. */
  readonly elapsedMs: number;
  readonly faults: readonly string[];
}

/**
 * Keeps a number of connections busy: each sends the next request when it has the answer to the last. Shows how much
 * a server does in a time; its latencies are those of a server at its limit.
 */
export async function closedLoop(order: LoadOrder): Promise<Seen> {
  const latenciesMs: number[] = [];
  const faults: string[] = [];
  using stack = new DisposableStack();
  const connections = await openConnections(order, stack);
  const beganMs = performance.now();
  const keepBusy = async (connection: Connection) => {
    let nowMs = beganMs;
    while (nowMs < beganMs + order.durationMs && faults.length === 0) {
      const sentMs = nowMs;
      const fault = await connection.get();
      if (fault !== undefined) faults.push(fault);
      nowMs = performance.now();
      latenciesMs.push(nowMs - sentMs);
    }
  };
  await Promise.all(connections.map(keepBusy));
  return { latenciesMs, elapsedMs: performance.now() - beganMs, faults };
}
