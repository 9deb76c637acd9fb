import inspector from "node:inspector";

/** How often the event loop shows that it turns. */
const BEAT_MS = 20;

const NANOSECONDS_PER_MS = 1e6;
const [BEAT, IS_DEBUGGED] = [0, 1] as const;

/** A clock that all threads of a process share; `performance.now()` is each thread's own. */
export const sharedNow = () => Number(process.hrtime.bigint()) / NANOSECONDS_PER_MS;

/** What a thread sees of the event loop of another, at any time. */
export interface Pulse {
  /** When it turned last, by {@link sharedNow}. */
  readonly beatMs: number;
  /** Whether somebody debugs the process: then standing still is what it is told to do. */
  readonly isDebugged: boolean;
}

/** Lets another thread see whether this event loop turns. The memory is to be handed to {@link readPulse}. */
export function startHeartbeat(): Disposable & { readonly memory: SharedArrayBuffer } {
  const memory = new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT);
  const words = new BigInt64Array(memory);
  const beat = () => {
    Atomics.store(words, IS_DEBUGGED, inspector.url() === undefined ? 0n : 1n);
    Atomics.store(words, BEAT, process.hrtime.bigint());
  };
  beat();
  const timer = setInterval(beat, BEAT_MS);
  // What runs keeps the process, and not the watch over it.
  timer.unref();
  return { memory, [Symbol.dispose]: () => clearInterval(timer) };
}

/** @param memory Of the heartbeat, in any thread. @returns Looks at it. */
export function readPulse(memory: SharedArrayBuffer): () => Pulse {
  const words = new BigInt64Array(memory);
  return () => ({
    beatMs: Number(Atomics.load(words, BEAT)) / NANOSECONDS_PER_MS,
    isDebugged: Atomics.load(words, IS_DEBUGGED) === 1n,
  });
}
