import { type CancelSignal, type Clock, linkAbort, type Observer, type Span, type Task } from "#kernel";
import { createRoster, type Roster } from "./roster.ts";

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
  entries(): readonly Entry[];
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

/**
 * A class, for there are many: V8 (of Node 24) gives an object literal that has accessors a hidden class of its own, which
 * holds on to all that its closures see until the next full collection.
 */
class Opened implements Registration {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly peer: string | undefined;
  readonly parent: Entry | undefined;
  readonly sinceMs: number;
  readonly cancel: ((reason: Error) => void) | undefined;
  state: string;
  waitsFor: string | undefined;
  readonly origin: { stack?: string } = {};
  readonly #traffic: (() => Traffic) | undefined;
  readonly #leave: () => void;

  constructor(id: number, sinceMs: number, options: EntryOptions, open: Roster<Entry>) {
    const { kind, name = kind, state = "open" } = options;
    this.id = id;
    this.kind = kind;
    this.name = name;
    this.peer = options.peer;
    this.parent = options.parent;
    this.sinceMs = sinceMs;
    this.cancel = options.cancel;
    this.state = state;
    this.waitsFor = options.waitsFor;
    this.#traffic = options.traffic;
    this.#leave = open.add(this);
  }

  get traffic(): Traffic {
    return this.#traffic?.() ?? NO_TRAFFIC;
  }

  get stack(): readonly string[] {
    return (this.origin.stack ?? "")
      .split("\n")
      .slice(1)
      .map((line) => line.trim());
  }

  [Symbol.dispose](): void {
    this.#leave();
  }
}

/** Begins with nothing. */
export function createRegistry(clock: Clock): Registry {
  const open = createRoster<Entry>();
  let lastId = 0;

  const register = (options: EntryOptions) => {
    lastId += 1;
    const opened = new Opened(lastId, clock.now(), options, open);
    // The engine keeps frames, and makes a text of them when it is asked for.
    Error.captureStackTrace(opened.origin, register);
    return opened;
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
    entries: () => open.all(),
    find: (id) => open.all().find((entry) => entry.id === id),
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
