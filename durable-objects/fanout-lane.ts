import { DurableObject } from "cloudflare:workers";
import { queueTimers, Semaphore, systemClock } from "#kernel";
import { serveSlice, type Slice } from "../src/aggregate/lane.ts";
import { CONNECTIONS } from "../src/aggregate/transport.ts";

/**
 * Six connections more for a request that has more calls to make than its own six carry. Stores nothing: any lane
 * does for any slice, and slices that meet in one share its connections, first come, first served.
 */
export class FanoutLane extends DurableObject {
  readonly #connections = new Semaphore(CONNECTIONS);

  override async fetch(request: Request): Promise<Response> {
    const slice = await request.json<Slice>(); // from the transport, which nobody outside can reach
    return serveSlice(slice, request.signal, {
      clock: queueTimers(systemClock),
      fetch: (url, init) => fetch(url, init),
      name: this.ctx.id.name ?? this.ctx.id.toString(),
      connections: this.#connections,
    });
  }
}
