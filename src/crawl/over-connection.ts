import type { RunningBatch } from "./batch-context.ts";

/**
 * Asks for something once there is a connection for it.
 *
 * @returns `undefined` where the batch is over, or not wanted any more, when there is one: nothing was asked for.
 */
export async function overConnection<T>(
  { connections, clock, endMs, isWanted }: RunningBatch,
  ask: () => Promise<T>,
): Promise<T | undefined> {
  using _ = connections.tryAcquire() ?? (await connections.acquire());
  return isWanted() && clock.now() <= endMs ? await ask() : undefined;
}
