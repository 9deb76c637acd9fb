import type { TaskState } from "./row.ts";
import type { Count } from "./store.ts";

/** How many tasks of each type are in each state: counted once, and kept from then on. */
export interface Tally {
  /** A task went from one state to another; `undefined` is where those are that there are not. */
  note(type: string, before: TaskState | undefined, after: TaskState | undefined): void;
  /** States that tasks are in, in no order. */
  counts(): readonly Count[];
  /** What was noted last was undone. */
  forget(): void;
}

/** Opens a tally that nobody has asked yet. */
export function createTally(count: () => readonly Count[]): Tally {
  let known: Map<string, Map<TaskState, number>> | undefined;

  const add = (type: string, state: TaskState | undefined, by: number) => {
    if (known === undefined || state === undefined) return;
    const states = known.get(type) ?? new Map<TaskState, number>();
    known.set(type, states.set(state, (states.get(state) ?? 0) + by));
  };

  return {
    note(type, before, after) {
      if (before === after) return;
      add(type, before, -1);
      add(type, after, 1);
    },
    counts() {
      if (known === undefined) {
        known = new Map();
        for (const { type, state, count: many } of count()) add(type, state, many);
      }
      return [...known].flatMap(([type, states]) =>
        [...states].filter(([, many]) => many > 0).map(([state, many]) => ({ type, state, count: many })),
      );
    },
    forget() {
      known = undefined;
    },
  };
}
