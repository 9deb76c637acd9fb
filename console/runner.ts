import { advanceRun, beginRun, type Run, type RunEvent } from "./run-state.ts";

/** Runs endpoints, one at a time, and keeps what is known of the run in hand. */
export interface Runner {
  /** The run in hand, or the last; the same object until it changes. */
  readonly get: () => Run | undefined;
  /** Calls back on every change, until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Stops the run in hand, if any, and sends this one. */
  readonly start: (target: string) => void;
  /** Leaves the run in hand where it is: the Worker cancels its calls. */
  readonly stop: () => void;
  /** Stops, and forgets what there was. */
  readonly clear: () => void;
}

/** What happens in a run. Rejects only when the signal aborts. */
type Stream = (target: string, signal: AbortSignal) => AsyncIterable<RunEvent>;

/** @param now The time of the page, in milliseconds. */
export function createRunner(stream: Stream, now: () => number): Runner {
  const listeners = new Set<() => void>();
  let run: Run | undefined;
  let current = new AbortController();

  const become = (next: Run | undefined) => {
    if (next === run) return;
    run = next;
    for (const listener of listeners) listener();
  };
  const advance = (event: RunEvent) => become(run && advanceRun(run, event, now()));
  const follow = async (target: string, signal: AbortSignal) => {
    try {
      for await (const event of stream(target, signal)) {
        if (signal.aborted) return;
        advance(event);
      }
    } catch (error) {
      // We aborted it ourselves.
      if (!signal.aborted) throw error;
    }
  };

  return {
    get: () => run,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    start(target) {
      current.abort();
      current = new AbortController();
      become(beginRun(target, now()));
      void follow(target, current.signal);
    },
    stop() {
      current.abort();
      advance({ kind: "stopped" });
    },
    clear() {
      current.abort();
      become(undefined);
    },
  };
}
