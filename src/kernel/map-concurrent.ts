import { CancelledError, type CancelSignal, isCancellation, linkAbort } from "./cancel.ts";
import { systemClock } from "./clock.ts";
import { expectInteger } from "./expect.ts";
import { abortAll, discard, Failures } from "./failures.ts";
import { startTask } from "./observe.ts";
import type { RunOptions } from "./task.ts";

/** Items to work on; a source that waits can take the signal and stop with the loop. */
export type Source<T> = Iterable<T> | AsyncIterable<T> | ((signal: CancelSignal) => AsyncIterable<T>);

/** How {@link mapConcurrent} hands on its results. */
export interface MapOptions extends RunOptions {
  /** In the order of the source (the default), or else as they complete. */
  readonly ordered?: boolean | undefined;
}

/** An item on its way: still in work while `result` is absent. */
interface Slot<R> {
  result?: { readonly value: R };
}

/**
 * Maps a source through `fn`, at most `limit` items at once. An item counts from the moment it is taken from the
 * source until its result is handed on, so a slow consumer stops the source.
 *
 * Leaving the loop aborts what runs and waits for it, as does the first failure, which the loop then throws. A
 * source that waits for something must stop by its signal, or leaving waits for it.
 *
 * @throws {RangeError} When `limit` is not an integer ≥ 1.
 */
export function mapConcurrent<T, R>(
  source: Source<T>,
  limit: number,
  fn: (item: T, signal: CancelSignal, index: number) => Promise<R>,
  options: MapOptions = {},
): AsyncGenerator<R, void, void> {
  expectInteger("limit", limit, 1);
  return run(source, limit, fn, options);
}

async function* run<T, R>(
  source: Source<T>,
  limit: number,
  fn: (item: T, signal: CancelSignal, index: number) => Promise<R>,
  { signal, clock = systemClock, within, ordered = true }: MapOptions,
): AsyncGenerator<R, void, void> {
  signal?.throwIfAborted();
  using abort = linkAbort(signal);
  const failures = new Failures();
  const slots = new Set<Slot<R>>();
  const running = new Set<Promise<void>>();
  const iterator = iterate(source, abort.signal);
  let taken = 0;
  let isTaking = false;
  let isExhausted = false;
  let changed = Promise.withResolvers<void>();

  const track = (work: () => Promise<void>) => {
    const job = work()
      .catch((error: unknown) => {
        if (isCancellation(error, abort.signal)) return;
        failures.add(error);
        abortAll(abort, new CancelledError("Another item failed", { cause: error }), failures);
      })
      .finally(() => {
        running.delete(job);
        changed.resolve();
      });
    running.add(job);
  };

  const take = async () => {
    isTaking = true;
    let next: IteratorResult<T, unknown>;
    try {
      next = await iterator.next();
    } finally {
      isTaking = false; // in the same turn as the item takes its slot
    }
    if (next.done === true) {
      isExhausted = true;
      return;
    }
    if (abort.signal.aborted) return;
    const index = taken++;
    const slot: Slot<R> = {};
    slots.add(slot);
    track(async () => {
      const task = async () => await fn(next.value, abort.signal, index);
      slot.result = { value: await startTask(task, String(index), abort.signal, within, clock) };
    });
    takeMore();
  };

  const takeMore = () => {
    if (!isTaking && !isExhausted && slots.size < limit && !abort.signal.aborted) track(take);
  };

  const finished = (): Slot<R> | undefined => {
    for (const slot of slots) {
      if (slot.result !== undefined) return slot;
      if (ordered) return undefined;
    }
    return undefined;
  };

  try {
    takeMore();
    while (running.size > 0 || slots.size > 0) {
      abort.signal.throwIfAborted();
      const slot = finished();
      if (slot?.result === undefined) {
        await changed.promise;
        changed = Promise.withResolvers();
        continue;
      }
      slots.delete(slot);
      takeMore();
      yield slot.result.value;
    }
  } finally {
    abortAll(abort, new CancelledError("The loop was left"), failures);
    while (running.size > 0) await Promise.all(running);
    if (!isExhausted) await close(iterator).catch((error: unknown) => failures.add(error));
    for (const slot of slots) await discard(slot.result?.value, failures);
    failures.throwIfAny();
  }
}

async function close(iterator: AsyncIterator<unknown>): Promise<void> {
  await iterator.return?.();
}

function iterate<T>(source: Source<T>, signal: CancelSignal): AsyncIterator<T> {
  const items = typeof source === "function" ? source(signal) : source;
  if (Symbol.asyncIterator in items) return items[Symbol.asyncIterator]();
  const iterator = items[Symbol.iterator]();
  return {
    next: async () => iterator.next(),
    return: async () => iterator.return?.() ?? { done: true, value: undefined },
  };
}
