import type { CancelSignal } from "#kernel";
import type { JsonValue } from "./json.ts";

/** What every handler gets of the world. */
export interface TaskServices {
  /** As the platform's, with six connections of a Worker shared by all tasks that run beside this one. */
  fetch(this: void, url: string | URL, init?: RequestInit): Promise<Response>;
  /** The variables and secrets of the Worker, by name. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Whether addresses on this machine may be called: for local use only. */
  readonly allowLoopback: boolean;
  /** The only hosts that may be called at a caller's wish; every public one without it. */
  readonly hosts?: readonly string[] | undefined;
}

/** One small value that outlives an attempt, for what must be found again after a crash: an upload's id. */
interface TaskRecord {
  /** What was saved last, by this attempt or one before. */
  readonly value: JsonValue | undefined;
  /**
   * Saves another, at most 16 KiB; `undefined` for none.
   *
   * @throws When the lease is lost: then another attempt may be running, and has a record of its own.
   */
  save(value: JsonValue | undefined): Promise<void>;
}

/** What a handler is called with. */
export interface TaskContext<P> {
  /** The task's id. */
  readonly id: string;
  /** As its schema made it. */
  readonly payload: P;
  /** Aborts when the task is cancelled, takes too long, or its lease is lost. Hand it on to everything awaited. */
  readonly signal: CancelSignal;
  /** From 1; begins again when a task is retried by hand. */
  readonly attempt: number;
  /** The same for every attempt, for whoever can tell a repeated request by it. */
  readonly idempotencyKey: string;
  /**
   * Grows with every claim, and when a lease is lost. Whoever writes compares: what carries a lower fence than was seen
   * is late, and refused. A plain call to elsewhere knows no fence, and may happen more than once.
   */
  readonly fence: number;
  /** Says how far it is: from 0 to 1, with a note of 500 characters at most. Reaches watchers about once a second. */
  progress(this: void, fraction: number, note?: string): void;
  readonly record: TaskRecord;
  /**
   * Makes sure that nobody else has the task by now: for right before an effect that compares no fence.
   *
   * @throws When the lease is lost, or when nobody can say whether it is.
   */
  confirm(this: void): Promise<void>;
  readonly services: TaskServices;
}
