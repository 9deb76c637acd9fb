/**
 * What is there now, where much comes and goes. A `Map` or `Set` is dear there: V8 (of Node 24) leaves each table that was
 * outgrown pointing to the next, and as soon as one of them is old, all that was in those after it survives until the next
 * full collection.
 */
export interface Roster<T> {
  readonly size: number;
  /** @returns Takes it off; only the first call does. */
  add(value: T): () => void;
  /** From old to new. */
  all(): T[];
}

/** Begins empty. */
export function createRoster<T>(): Roster<T> {
  let first: Link<T> | undefined;
  let last: Link<T> | undefined;
  let size = 0;

  const cut = (link: Link<T>) => {
    const { previous, next } = link;
    if (previous === undefined) first = next;
    else previous.next = next;
    if (next === undefined) last = previous;
    else next.previous = previous;
    // It may be kept for longer than its neighbours.
    link.previous = undefined;
    link.next = undefined;
    size -= 1;
  };
  return {
    get size() {
      return size;
    },
    add(value) {
      const link: Link<T> = { value, previous: last, next: undefined };
      if (last === undefined) first = link;
      else last.next = link;
      last = link;
      size += 1;
      let isOn = true;
      return () => {
        if (isOn) cut(link);
        isOn = false;
      };
    },
    all() {
      const values: T[] = [];
      for (let link = first; link !== undefined; link = link.next) values.push(link.value);
      return values;
    },
  };
}

interface Link<T> {
  readonly value: T;
  previous: Link<T> | undefined;
  next: Link<T> | undefined;
}
