import { type Clock, queueTimers } from "#kernel";
import { createKeepAlive } from "../../src/http/keep-alive.ts";
import type { Engine, World } from "../../src/aggregate/engine.ts";
import { childOf } from "../../src/http/trace-context.ts";
import type { InboundRequest } from "../../src/aggregate/request.ts";
import { type OpenLane, openTransport } from "../../src/aggregate/transport.ts";

/** A world whose time is the clock's and whose dice always fall on the middle. */
export function worldOf(clock: Clock, fetch: World["fetch"]): World {
  return {
    clock,
    fetch,
    epochMs: () => Date.UTC(2026, 10, 23) + clock.now(),
    random: () => 0.5,
    randomBytes: (count) => new Uint8Array(count).fill(7),
  };
}

interface InboundOptions {
  readonly engine: Engine;
  readonly signal: AbortSignal;
  readonly deadlineMs?: number;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly openLane?: OpenLane;
  readonly waitUntil?: (work: Promise<unknown>) => void;
}

/** A request that has just come in. */
export function inbound({ engine, signal, deadlineMs = 10_000, ...options }: InboundOptions): InboundRequest {
  const { params = {}, query = "", headers = {}, openLane, waitUntil = () => undefined } = options;
  const clock = queueTimers(engine.clock);
  const beganMs = clock.now();
  return {
    engine,
    clock,
    requestId: "test",
    params,
    query: new URLSearchParams(query),
    headers: new Headers(headers),
    clientAddress: undefined,
    trace: childOf(undefined, engine.randomBytes),
    signal,
    transport: openTransport({ ...engine, clock, openLane }),
    beganMs,
    deadlineMs: beganMs + deadlineMs,
    keepAlive: createKeepAlive(waitUntil),
  };
}
