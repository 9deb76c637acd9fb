/** An element of a list that a branch fans out over, with the key that it is asked for by. */
interface Keyed<E> {
  readonly key: string;
  readonly element: E;
}

/** Which calls a join takes, or why it takes too many. */
export type JoinPlan<E> =
  | { readonly ok: true; readonly batches: readonly (readonly Keyed<E>[])[] }
  | { readonly ok: false; readonly count: number; readonly limit: number };

interface JoinOptions {
  /** How many elements go into one call: an integer ≥ 1; 1 unless it says otherwise. */
  readonly batchSize?: number | undefined;
  /** How many elements of different keys there may be: an integer ≥ 1. */
  readonly maxElements: number;
}

/** Plans the calls of a join: each key once, by its first element, in the elements' order. */
export function planJoin<E>(
  elements: readonly E[],
  keyOf: (element: E) => string,
  { batchSize = 1, maxElements }: JoinOptions,
): JoinPlan<E> {
  const byKey = new Map<string, Keyed<E>>();
  for (const element of elements) {
    const key = keyOf(element);
    if (!byKey.has(key)) byKey.set(key, { key, element });
  }
  if (byKey.size > maxElements) return { ok: false, count: byKey.size, limit: maxElements };

  const batches: Keyed<E>[][] = [];
  for (const keyed of byKey.values()) {
    const last = batches.at(-1);
    if (last === undefined || last.length >= batchSize) batches.push([keyed]);
    else last.push(keyed);
  }
  return { ok: true, batches };
}

/** An element with what was found for it. */
export interface Attached<E, R> extends Keyed<E> {
  /** `undefined` where nothing was found. */
  readonly value: R | undefined;
}

/** Puts what was found beside each element: in the elements' order, and for each of those that share a key. */
export function attach<E, R>(
  elements: readonly E[],
  keyOf: (element: E) => string,
  found: ReadonlyMap<string, R>,
): Attached<E, R>[] {
  return elements.map((element) => {
    const key = keyOf(element);
    return { element, key, value: found.get(key) };
  });
}
