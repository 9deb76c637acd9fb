import type { JsonValue } from "./json.ts";

/** What a task can be. The last five are its end. */
export const STATES = [
  "scheduled",
  "queued",
  "running",
  "succeeded",
  "failed",
  "dead",
  "cancelled",
  "expired",
] as const;

export type TaskState = (typeof STATES)[number];

const ENDS: ReadonlySet<TaskState> = new Set(STATES.slice(3));

/** Whether nothing more happens to it by itself. */
export function isEnded({ state }: Pick<TaskRow, "state">): boolean {
  return ENDS.has(state);
}

/** The ledger does not look at the task by itself: something else will make it. */
export const NEVER = Infinity;

/** Why an attempt or a task failed. */
export interface TaskError {
  /** `threw`, `timeout`, `unserialisable`, `too-large`, `invalid-payload`, `unknown-type`, `lease-lost`, `poison`. */
  readonly code: string;
  readonly message: string;
}

/** How far a running task says it is. */
export interface Progress {
  readonly fraction: number;
  readonly note?: string | undefined;
}

/** One thing that happened to a task. */
export interface TaskEvent {
  /** Grows from one event of a task to the next, not always by one. */
  readonly version: number;
  readonly atMs: number;
  /** What it was from then on; `refused` when somebody without the lease wanted to write. */
  readonly what: TaskState | "cancelling" | "refused";
  readonly attempt?: number | undefined;
  readonly fence?: number | undefined;
  readonly worker?: string | undefined;
  /** Until when it waits. */
  readonly dueMs?: number | undefined;
  readonly error?: TaskError | undefined;
}

/** A task that is not there yet. */
export interface NewTask {
  readonly id: string;
  readonly type: string;
  /** As JSON, or as a pointer to it; see `payloadText`. */
  readonly payload: string;
  /** When it may start; at once by default. */
  readonly dueMs?: number | undefined;
  readonly slot?: string | undefined;
  readonly group?: string | undefined;
}

/** What the ledger knows of a task, but for its payload and its result. */
export interface TaskRow {
  readonly id: string;
  readonly type: string;
  readonly state: TaskState;
  /**
   * When the ledger has to look at it by itself: a scheduled task becomes due, a queued one is published (again), the
   * lease of a running one or the grace of a cancelled one runs out, an ended one is forgotten. {@link NEVER} for a
   * queued one that waits for its type or its slot.
   */
  readonly wakeMs: number;
  /** Who counts together where concurrency is limited; a name made of the type and the key. */
  readonly slot?: string | undefined;
  readonly group?: string | undefined;
  readonly createdMs: number;
  /** When it may start. */
  readonly dueMs: number;
  /** When it expires unless it has started. */
  readonly expiresMs?: number | undefined;
  /** Attempts of this life, and those of them that were lost with their worker. */
  readonly attempt: number;
  readonly lost: number;
  /** Claims ever, and leases that were lost or taken away. */
  readonly fence: number;
  /** Changes ever. */
  readonly version: number;
  readonly worker?: string | undefined;
  /** When the last attempt began. */
  readonly startedMs?: number | undefined;
  readonly endedMs?: number | undefined;
  readonly leaseMs?: number | undefined;
  /** When somebody asked for it to be cancelled while it ran. */
  readonly cancelMs?: number | undefined;
  readonly progress?: Progress | undefined;
  readonly record?: JsonValue | undefined;
  /** Whether some of its texts are, or may be, kept elsewhere. */
  readonly spilled?: true | undefined;
  readonly error?: TaskError | undefined;
  readonly events: readonly TaskEvent[];
}

/** How many events of a task are kept: the first and the latest. */
const MOST_EVENTS = 100;

/** The same row one change later. */
export function changed(
  row: TaskRow,
  change: Partial<Omit<TaskRow, "id" | "type" | "version" | "events">>,
  event?: Omit<TaskEvent, "version">,
): TaskRow {
  const version = row.version + 1;
  return {
    ...row,
    ...change,
    version,
    events: event ? append(row.events, { ...event, version }) : row.events,
  };
}

function append(events: readonly TaskEvent[], event: TaskEvent): readonly TaskEvent[] {
  const [first, ...rest] = events;
  const kept = first !== undefined && events.length >= MOST_EVENTS ? [first, ...rest.slice(1)] : events;
  return [...kept, event];
}
