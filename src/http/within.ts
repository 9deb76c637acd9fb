import { type Clock, TimeoutError } from "#kernel";

/**
 * Waits no longer than a limit for something that cannot be cancelled, as a remote call cannot.
 *
 * @throws {TimeoutError} What it rejects with.
 */
export async function within<T>(limitMs: number, clock: Clock, call: Promise<T>): Promise<T> {
  let stop: (() => void) | undefined;
  const limit = new Promise<never>((_, reject) => {
    stop = clock.setTimer(() => reject(new TimeoutError(limitMs)), limitMs);
  });
  try {
    return await Promise.race([call, limit]);
  } finally {
    stop?.();
  }
}
