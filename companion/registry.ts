import { type CancelSignal, type Clock, linkAbort, type Observer, type Span, type Task } from "#kernel";

/** Bytes that went each way, as seen from this process. */
interface Traffic {
  readonly inBytes: number;
  readonly outBytes: number;
}

/** A connection, a task or a service that is there now. */
export interface Entry {
  /** Counts from 1; none is given twice. */
  readonly id: number;
  /** What sort of thing it is: `service`, `task`, `echo`, `tunnel`… */
  readonly kind: string;
  readonly name: string;
  /** Who is at the other end: `address:port`. */
  readonly peer: string | undefined;
  /** What it belongs to. */
  readonly parent: Entry | undefined;
  /** By the registry's clock. */
  readonly sinceMs: number;
  /** What it is at, in a word. */
  readonly state: string;
  /** What it waits for, in a few words. */
  readonly waitsFor: string | undefined;
  readonly traffic: Traffic;
  /** Where it was made, a line a frame. */
  readonly stack: readonly string[];
  /** Ends it; absent where it ends with its parent only. */
  readonly cancel: ((reason: Error) => void) | undefined;
}

/** An entry in the hands of whoever made it. Dispose of it when what it stands for has ended. */
export interface Registration extends Omit<Entry, "state" | "waitsFor">, Disposable {
  state: string;
  waitsFor: string | undefined;
}

/** What is said of an entry when it is made. */
interface EntryOptions {
  readonly kind: string;
  readonly name?: string;
  readonly peer?: string | undefined;
  readonly parent?: Entry | undefined;
  readonly state?: string;
  readonly waitsFor?: string | undefined;
  /** Asked whenever somebody looks. */
  readonly traffic?: () => Traffic;
  readonly cancel?: (reason: Error) => void;
}

/** Everything that is open or runs in this process. */
export interface Registry {
  readonly size: number;
  /** From old to new. */
  entries(): Iterable<Entry>;
  find(id: number): Entry | undefined;
  register(options: EntryOptions): Registration;
  /**
   * Runs a task as an entry that can be cancelled. What the task starts `within` its span is entered below it.
   *
   * @throws What the task throws.
   */
  run<T>(name: string, task: Task<T>, options?: RunAsEntry): Promise<T>;
}

interface RunAsEntry {
  readonly signal?: CancelSignal;
  readonly parent?: Entry;
}

const NO_TRAFFIC: Traffic = { inBytes: 0, outBytes: 0 };

/** Begins with nothing. */
export function createRegistry(clock: Clock): Registry {
  const open = new Map<number, Registration>();
  let lastId = 0;

  const register = ({ kind, name = kind, peer, parent, state = "open", ...more }: EntryOptions) => {
    const id = (lastId += 1);
    const origin: { stack?: string } = {};
    // The engine keeps frames, and makes a text of them when it is asked for.
    Error.captureStackTrace(origin, register);
    const registration: Registration = {
      id,
      kind,
      name,
      peer,
      parent,
      state,
      waitsFor: more.waitsFor,
      sinceMs: clock.now(),
      cancel: more.cancel,
      get traffic() {
        return more.traffic?.() ?? NO_TRAFFIC;
      },
      get stack() {
        return (origin.stack ?? "")
          .split("\n")
          .slice(1)
          .map((line) => line.trim());
      },
      [Symbol.dispose]: () => void open.delete(id),
    };
    open.set(id, registration);
    return registration;
  };

  /** Enters what the kernel tells of, below an entry. */
  const observeBelow = (root: Entry): Observer => {
    const spans = new Map<Span, Registration>();
    const parentOf = ({ parent }: Span) => (parent && spans.get(parent)) ?? root;
    return {
      onStart: (span) =>
        void spans.set(
          span,
          register({ kind: "task", name: span.name, parent: parentOf(span), state: "running" }),
        ),
      onEnd(span) {
        spans.get(span)?.[Symbol.dispose]();
        spans.delete(span);
      },
    };
  };

  return {
    get size() {
      return open.size;
    },
    entries: () => open.values(),
    find: (id) => open.get(id),
    register,
    async run(name, task, { signal, parent } = {}) {
      using abort = linkAbort(signal);
      using entry = register({
        kind: "task",
        name,
        parent,
        state: "running",
        cancel: (reason) => abort.abort(reason),
      });
      const observer = observeBelow(entry);
      return await task(abort.signal, { name, parent: undefined, startMs: clock.now(), observer });
    },
  };
}
