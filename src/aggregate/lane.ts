import {
  type CancelSignal,
  type Clock,
  gather,
  isCancellation,
  linkAbort,
  type Semaphore,
  TimeoutError,
  toAbortSignal,
  withTimeout,
} from "#kernel";
import { CallError, type Fault } from "./failure.ts";
import { encodeFrame } from "./frames.ts";
import { fromResponse, type Reply } from "./reply.ts";

/** One call of a slice. */
export interface LaneCall {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Whether the body matters whatever the status; else only that of a success does. */
  readonly readsAll: boolean;
}

/** What a lane is asked: calls to make at once. */
export interface Slice {
  readonly calls: readonly LaneCall[];
}

/** What became of a call of a slice, by its place; the frame's body is the answer's. */
export type LaneReply = { readonly index: number } & (
  | { readonly status: number; readonly headers: readonly (readonly [string, string])[] }
  | { readonly fault: Fault }
);

/** Where a slice runs. */
export interface LaneWorld {
  readonly clock: Clock;
  readonly fetch: (request: string, init: RequestInit) => Promise<Response>;
  /** Tells upstreams which lane this is. */
  readonly name: string;
  /** The lane's own connections. */
  readonly connections: Semaphore;
}

/** Fields that describe the bytes on the wire, which are not those that we pass on. */
const WIRE_FIELDS = new Set(["content-length", "content-encoding", "transfer-encoding", "connection"]);

/**
 * Makes the calls of a slice and answers with a frame for each as it ends. When the caller leaves, all of them are
 * cancelled.
 */
export function serveSlice({ calls }: Slice, parent: CancelSignal, world: LaneWorld): Response {
  const abort = linkAbort(parent);
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      const tasks = calls.map((call, index) => async (signal: CancelSignal) => {
        controller.enqueue(await makeCall(call, index, signal, world));
      });
      try {
        await gather(tasks, { signal: abort.signal, clock: world.clock });
        controller.close();
      } catch (error) {
        controller.error(error);
      } finally {
        abort[Symbol.dispose]();
      }
    },
    cancel: (reason) => abort.abort(reason),
  });
  return new Response(body);
}

const NO_BYTES = new Uint8Array(0);

/** Makes a call. @returns The frame that says what became of it. */
async function makeCall(
  call: LaneCall,
  index: number,
  signal: CancelSignal,
  world: LaneWorld,
): Promise<Uint8Array> {
  try {
    const task = (inner: CancelSignal) => send(call, index, inner, world);
    return await withTimeout(task, call.timeoutMs, { signal, clock: world.clock });
  } catch (error) {
    if (isCancellation(error, signal)) throw error;
    return encodeFrame({ index, fault: toFault(error) } satisfies LaneReply, NO_BYTES);
  }
}

async function send(
  { url, method, headers, body, maxBytes, readsAll }: LaneCall,
  index: number,
  signal: CancelSignal,
  { fetch, name, connections }: LaneWorld,
): Promise<Uint8Array> {
  const connection = connections.tryAcquire() ?? (await connections.acquire(signal));
  let answer: Reply;
  try {
    const named = { ...headers, "Manifold-Lane": name };
    const init = { method, headers: named, body, signal: toAbortSignal(signal), redirect: "manual" } as const;
    answer = fromResponse(await fetch(url, init));
  } catch (error) {
    if (isCancellation(error, signal)) throw error;
    throw new CallError({ kind: "unreachable" }, { cause: error });
  } finally {
    connection[Symbol.dispose](); // with the headers: it is for those who wait for theirs
  }
  const isWanted = readsAll || (answer.status >= 200 && answer.status < 300);
  if (!isWanted) await answer.cancel();
  const bytes = isWanted ? await answer.bytes(maxBytes, signal) : NO_BYTES;
  const kept = Array.from(answer.fields()).filter(([field]) => !WIRE_FIELDS.has(field));
  return encodeFrame({ index, status: answer.status, headers: kept } satisfies LaneReply, bytes);
}

function toFault(error: unknown): Fault {
  if (error instanceof CallError) return error.fault;
  if (error instanceof TimeoutError) return { kind: "timeout", limitMs: Math.round(error.limitMs) };
  throw error;
}
