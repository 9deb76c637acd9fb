import { type CancelSignal, type Clock, isCancellation, linkAbort, Semaphore, toAbortSignal } from "#kernel";
import { CallError } from "./failure.ts";
import { readFrames } from "./frames.ts";
import type { LaneCall, LaneReply, Slice } from "./lane.ts";
import { fromBytes, fromResponse, type Reply } from "./reply.ts";

/** How many connections an invocation may have that wait for headers: Cloudflare's limit, kept locally too. */
export const CONNECTIONS = 6;

/** The most lanes that one request spreads over: a thousand calls go out at once. Above that, slices grow. */
export const MOST_LANES = 166;

/** Takes a lane that nobody else has. */
export type OpenLane = () => Lane;

/** Six connections more, for one slice. Disposing of it gives it back. */
export interface Lane extends Disposable {
  /** Hands the slice over. The answer's body is what `serveSlice` writes. */
  send(slice: Request): Promise<Response>;
}

/** Methods that can be sent twice without harm (RFC 9110, 9.2.1). */
const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** A lane did not do what it was there for. */
class LaneError extends Error {
  override readonly name = "LaneError";
}

/** How calls reach the network. */
export interface Transport {
  /**
   * Makes a call. Its answer's body may have been read already.
   *
   * @throws {CallError} When no answer comes. The reason of `signal`.
   */
  send(call: LaneCall, signal: CancelSignal): Promise<Reply>;
}

interface TransportOptions {
  readonly clock: Clock;
  readonly fetch: (request: string, init: RequestInit) => Promise<Response>;
  /** Tells upstreams which invocation this is; absent where the calls say it, by their `X-Request-Id`. */
  readonly name?: string | undefined;
  /** Absent where calls are to wait for one of the six connections instead. */
  readonly openLane?: OpenLane | undefined;
}

/** A call that found no connection free. */
interface Waiting {
  readonly call: LaneCall;
  readonly signal: CancelSignal;
  readonly reply: PromiseWithResolvers<Reply>;
}

/**
 * Opens the transport of one invocation: six calls go out from here; those that find no connection free at the same
 * moment leave together for lanes, in slices of six, each lane with six connections of its own.
 */
export function openTransport({ clock, fetch, name, openLane }: TransportOptions): Transport {
  const connections = new Semaphore(CONNECTIONS);
  let waiting: Waiting[] = [];

  const dispatch = (open: OpenLane) => {
    const calls = waiting;
    waiting = [];
    const size = Math.max(CONNECTIONS, Math.ceil(calls.length / MOST_LANES));
    for (let start = 0; start < calls.length; start += size) {
      void runSlice(calls.slice(start, start + size), open);
    }
  };

  const overflow = async (call: LaneCall, signal: CancelSignal, open: OpenLane) => {
    signal.throwIfAborted();
    const reply = Promise.withResolvers<Reply>();
    // All that are ready by now go together.
    if (waiting.length === 0) clock.setTimer(() => dispatch(open), 0);
    waiting.push({ call, signal, reply });
    return await reply.promise;
  };

  const sendFromHere = async (call: LaneCall, signal: CancelSignal) => {
    signal.throwIfAborted();
    const connection = connections.tryAcquire() ?? (await connections.acquire(signal));
    const { url, method, body } = call;
    const headers = name === undefined ? call.headers : { ...call.headers, "Manifold-Lane": name };
    try {
      return fromResponse(
        await fetch(url, { method, body, headers, signal: toAbortSignal(signal), redirect: "manual" }),
      );
    } catch (error) {
      if (isCancellation(error, signal)) throw error;
      throw new CallError({ kind: "unreachable" }, { cause: error });
    } finally {
      connection[Symbol.dispose]();
    }
  };

  const sendOver = async (open: OpenLane, call: LaneCall, signal: CancelSignal) => {
    try {
      return await overflow(call, signal, open);
    } catch (error) {
      // A lane is ours: that it failed says nothing of the upstream. What can be sent twice waits for a connection.
      if (!(error instanceof LaneError) || !SAFE.has(call.method)) throw error;
      return await sendFromHere(call, signal);
    }
  };

  return {
    send(call, signal) {
      const isFree = connections.available > 0 && connections.waiting === 0;
      return openLane === undefined || isFree ? sendFromHere(call, signal) : sendOver(openLane, call, signal);
    },
  };
}

/** Sends a slice to a lane and hands out the replies as they come. Each caller is free when its signal aborts. */
async function runSlice(calls: readonly Waiting[], open: OpenLane): Promise<void> {
  const abort = linkAbort();
  /** By place, how to stop listening for those who still wait. */
  const unsettled = new Map<number, () => void>();
  let lane: Lane | undefined;
  const settle = (index: number) => {
    unsettled.get(index)?.();
    // Not when the stream ends: the request may be answered by then, and nothing of it runs any more.
    if (unsettled.delete(index) && unsettled.size === 0) lane?.[Symbol.dispose]();
    return calls[index]?.reply;
  };
  for (const [index, { signal }] of calls.entries()) {
    const leave = () => {
      settle(index)?.reject(signal.reason);
      if (unsettled.size === 0) abort.abort(signal.reason);
    };
    unsettled.set(index, () => signal.removeEventListener("abort", leave));
    if (signal.aborted) leave();
    else signal.addEventListener("abort", leave, { once: true });
  }
  if (unsettled.size === 0) return;

  lane = open();
  let cause: unknown = new Error("The lane ended before its calls did");
  try {
    const slice: Slice = { calls: calls.map(({ call }) => call) };
    const init = { method: "POST", body: JSON.stringify(slice), signal: toAbortSignal(abort.signal) };
    const response = await lane.send(new Request("https://lane/", init));
    if (!response.ok || response.body === null) throw new Error(`The lane answered ${response.status}`);
    await readFrames(response.body, ({ head, body }) => {
      const answer = head as LaneReply; // written by `serveSlice`
      const reply = settle(answer.index);
      if ("fault" in answer) reply?.reject(new CallError(answer.fault));
      else reply?.resolve(fromBytes(answer.status, answer.headers, body));
    });
  } catch (error) {
    cause = error;
  }
  for (const index of unsettled.keys()) settle(index)?.reject(new LaneError("The lane failed", { cause }));
}
