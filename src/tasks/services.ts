import { Semaphore } from "#kernel";
import type { TaskServices } from "./context.ts";

/** What an invocation of a Worker may have waiting for response headers at once. */
const CONNECTIONS = 6;

/**
 * What the handlers of one batch get of the world. The platform would let the seventh call wait as well, but the batch's
 * own calls then stand in the same line; one is left for them.
 */
export function shareServices(services: TaskServices): TaskServices {
  const connections = new Semaphore(CONNECTIONS - 1);
  return {
    ...services,
    async fetch(url, init) {
      using _connection = await connections.acquire(init?.signal ?? undefined);
      // It stops counting when the headers are here.
      return await services.fetch(url, init);
    },
  };
}
