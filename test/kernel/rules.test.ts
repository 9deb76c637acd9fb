import { describe, expect, it } from "vitest";
import {
  type CancelSignal,
  Channel,
  every,
  firstSuccess,
  gather,
  mapConcurrent,
  openScope,
  paginate,
  retry,
  Semaphore,
  settle,
  shareInFlight,
  sleep,
  suppressed,
  type Task,
  VirtualClock,
  withScope,
  withTimeout,
} from "#kernel";
import { CountingAbort } from "../support/counting.ts";

/** An operation of the kernel around a task of the test's. */
interface Operation {
  readonly name: string;
  readonly run: (task: Task<void>, signal: CancelSignal, clock: VirtualClock) => Promise<unknown>;
  /** It goes on until it is aborted or fails, so it has no success. */
  readonly endless?: true;
  /** Failures of the task are its result, or one of several. */
  readonly reports?: true;
  /** Who leaves it is free at once; the task cleans up on its own. */
  readonly detached?: true;
}

const beside: Task<void> = async () => undefined;

const operations: readonly Operation[] = [
  { name: "gather", run: (task, signal, clock) => gather([beside, task, beside], { signal, clock }) },
  { name: "settle", run: (task, signal, clock) => settle([beside, task], { signal, clock }), reports: true },
  {
    name: "firstSuccess",
    run: (task, signal, clock) => firstSuccess([task], { signal, clock }),
    reports: true,
  },
  {
    name: "firstSuccess with a stagger",
    run: (task, signal, clock) => firstSuccess([task, task], { signal, clock, staggerMs: 5 }),
    reports: true,
  },
  { name: "withTimeout", run: (task, signal, clock) => withTimeout(task, 1_000, { signal, clock }) },
  {
    name: "openScope",
    run: async (task, signal, clock) => {
      await using scope = openScope({ signal, clock });
      void scope.spawn("task", task);
      await sleep(10 + 7, scope.signal, clock).catch(() => undefined); // a child's failure is thrown by leaving
      if (signal.aborted) await scope[Symbol.asyncDispose]();
      signal.throwIfAborted();
    },
  },
  {
    name: "withScope",
    run: (task, signal, clock) =>
      withScope(async (scope) => await scope.spawn("task", task), { signal, clock }),
  },
  {
    name: "mapConcurrent",
    run: async (task, signal, clock) => {
      for await (const _ of mapConcurrent([1, 2], 2, async (_item, inner) => await task(inner), {
        signal,
        clock,
      }));
    },
  },
  {
    name: "paginate",
    run: async (task, signal) => {
      const fetchPage = async (_number: number, inner: CancelSignal) => {
        await task(inner);
        return { items: [] };
      };
      for await (const _ of paginate(fetchPage, { by: "number", size: 10, maxPages: 3, signal }));
    },
  },
  {
    name: "retry",
    run: (task, signal, clock) =>
      retry(
        task,
        { attempts: 2, baseMs: 1, capMs: 1, isRetryable: () => true, random: () => 0 },
        { signal, clock },
      ),
  },
  { name: "every", run: (task, signal, clock) => every(1, task, signal, { clock }), endless: true },
  {
    name: "shareInFlight",
    run: async (task, signal) => {
      const work: Task<string> = async (inner) => {
        await task(inner);
        return "done";
      };
      return await shareInFlight<string>().share("key", work, signal);
    },
    detached: true,
  },
  {
    name: "Semaphore",
    run: async (task, signal) => {
      const semaphore = new Semaphore(1);
      using _permit = await semaphore.acquire(signal);
      await task(signal);
    },
  },
  {
    name: "Channel",
    run: async (task, signal) => {
      const channel = new Channel<number>(1);
      await channel.send(1, signal);
      channel.close();
      for await (const _ of channel.items(signal)) await task(signal);
    },
  },
  {
    name: "sleep",
    run: async (task, signal, clock) => {
      await sleep(1, signal, clock);
      await task(signal);
    },
  },
];

/** A task that takes 10 ms, and 7 ms more to clean up when it is aborted. */
function slowTask(clock: VirtualClock) {
  const state = { started: 0, ended: 0 };
  const task: Task<void> = async (signal) => {
    state.started += 1;
    try {
      await sleep(10, signal, clock);
    } finally {
      await sleep(7, undefined, clock);
      state.ended += 1;
    }
  };
  return { state, task };
}

/** What an operation failed with, also where failures are its result. */
function causes(outcome: unknown): readonly unknown[] {
  if (outcome instanceof AggregateError) return outcome.errors;
  if (Array.isArray(outcome)) return outcome.map(({ error }: { error?: unknown }) => error);
  return [outcome];
}

const broken = new Error("broken");

/** Operations that abort a task of the test's by themselves. */
const leavers: readonly {
  readonly name: string;
  readonly run: (task: Task<string>, clock: VirtualClock) => Promise<unknown>;
}[] = [
  {
    name: "gather",
    run: (task, clock) => gather([task, async () => await Promise.reject(broken)], { clock }),
  },
  { name: "firstSuccess", run: (task, clock) => firstSuccess([task, async () => "won"], { clock }) },
  { name: "withTimeout", run: (task, clock) => withTimeout(task, 10, { clock }) },
  {
    name: "withScope",
    run: (task, clock) => withScope(async (scope) => void scope.spawn("task", task), { clock }),
  },
  {
    name: "mapConcurrent",
    run: async (task, clock) => {
      const work = async (item: number, signal: CancelSignal) => (item === 1 ? "first" : await task(signal));
      for await (const _ of mapConcurrent([1, 2], 2, work, { clock })) break;
    },
  },
  {
    name: "mapConcurrent, of an item that fails,",
    run: async (task, clock) => {
      const work = async (item: number, signal: CancelSignal) =>
        item === 1 ? await task(signal) : await Promise.reject(broken);
      for await (const _ of mapConcurrent([1, 2], 2, work, { clock }));
    },
  },
  {
    name: "paginate",
    run: async (task) => {
      const fetchPage = async (page: number, signal: CancelSignal) => ({
        items: [page === 1 ? "first" : await task(signal)],
      });
      for await (const _ of paginate(fetchPage, { by: "number", size: 1, maxPages: 3, prefetch: true }))
        break;
    },
  },
];

const clean = { timers: 0, listeners: 0 };

describe("every operation", () => {
  it.each(operations.filter(({ endless }) => endless !== true))(
    "$name leaves no timer and no listener behind when it succeeds",
    async ({ run }) => {
      const clock = new VirtualClock();
      const abort = new CountingAbort();
      const { state, task } = slowTask(clock);
      await clock.run(run(task, abort.signal, clock));
      expect(state.started).toBeGreaterThan(0);
      expect(state.ended).toBe(state.started);
      expect({ timers: clock.pending, listeners: abort.listeners }).toEqual(clean);
    },
  );

  it.each(operations)("$name leaves no timer and no listener behind when its task fails", async ({ run }) => {
    const clock = new VirtualClock();
    const abort = new CountingAbort();
    const failure = new Error("broken");
    const failing = async () => await Promise.reject(failure);
    const outcome = await clock.run(run(failing, abort.signal, clock)).catch((error: unknown) => error);
    expect(causes(outcome)).toContain(failure);
    expect({ timers: clock.pending, listeners: abort.listeners }).toEqual(clean);
  });

  it.each(operations)(
    "$name waits for the clean-up of what it aborts, then throws the reason",
    async (operation) => {
      const clock = new VirtualClock();
      const abort = new CountingAbort();
      const reason = new Error("client gone");
      const { state, task } = slowTask(clock);
      const outcome = operation.run(task, abort.signal, clock).then(
        () => "no error",
        (error: unknown) => ({ error, atMs: clock.now() }),
      );
      await clock.advance(3);
      abort.abort(reason);
      expect(await clock.run(outcome)).toEqual({ error: reason, atMs: operation.detached === true ? 3 : 10 });
      await clock.advance(20);
      expect(state.started).toBeGreaterThan(0);
      expect(state.ended).toBe(state.started);
      expect({ timers: clock.pending, listeners: abort.listeners }).toEqual(clean);
    },
  );

  it.each(operations)("$name starts nothing under a signal that is aborted already", async ({ run }) => {
    const clock = new VirtualClock();
    const abort = new CountingAbort();
    const reason = new Error("client gone");
    abort.abort(reason);
    const { state, task } = slowTask(clock);
    await expect(clock.run(run(task, abort.signal, clock))).rejects.toBe(reason);
    expect(state.started).toBe(0);
    expect({ timers: clock.pending, listeners: abort.listeners }).toEqual(clean);
  });

  it.each(operations.filter(({ reports, detached }) => reports !== true && detached !== true))(
    "$name does not let an abort hide a failure of the clean-up",
    async ({ run }) => {
      const clock = new VirtualClock();
      const abort = new CountingAbort();
      const failure = new Error("clean-up failed");
      const task: Task<void> = async (signal) => {
        await sleep(10, signal, clock).catch(async () => await Promise.reject(failure));
      };
      const outcome = run(task, abort.signal, clock).catch((error: unknown) => error);
      await clock.advance(3);
      abort.abort(new Error("client gone"));
      expect(await clock.run(outcome)).toBe(failure);
    },
  );

  it.each(leavers)(
    "$name waits for those that it aborts, whatever a listener of theirs throws",
    async ({ run }) => {
      const clock = new VirtualClock();
      const failure = new Error("listener failed");
      let ended = 0;
      const task: Task<string> = async (signal) => {
        signal.addEventListener("abort", () => {
          throw failure;
        });
        await sleep(100, signal, clock).catch(() => undefined);
        await sleep(7, undefined, clock);
        ended += 1;
        return "late";
      };
      const outcome = await clock.run(run(task, clock).catch((error: unknown) => error));
      expect(ended).toBe(1);
      expect(outcome === "won" || outcome === failure || suppressed(outcome).includes(failure)).toBe(true);
      expect(clock.pending).toBe(0);
    },
  );
});
