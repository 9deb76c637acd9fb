import type { LedgerSettings } from "../../../src/tasks/settings.ts";
import { createShard, type Shard } from "../../../src/tasks/shard.ts";
import type { Policies } from "../../../src/tasks/stub.ts";
import type { Count, TaskStore } from "../../../src/tasks/store.ts";
import { memoryTasks } from "../../tasks/memory-tasks.ts";
import type { World } from "../world.ts";
import type { Broken } from "./broken.ts";
import { breakStore } from "./break-store.ts";
import type { Oracle } from "./oracle.ts";
import type { SHARD_POINTS } from "./plan.ts";
import { watchShard, watchStore } from "./watch-shard.ts";

/** What came of a call: it may have been done, whatever its caller hears. */
export type Settled<T> = { readonly value: T } | { readonly error: unknown };

/** The machine that a shard runs on: its memory, its disk, its alarm. */
export interface ShardHost {
  readonly isUp: boolean;
  /** Since when. */
  readonly upMs: number;
  /** What it has in memory. */
  readonly store: TaskStore;
  /** How many tasks are in each state, as it has kept count since it was opened. */
  counts(): readonly Count[];
  /** Calls it; the answer comes when all that it speaks of is on disk. */
  call<T>(act: (shard: Shard) => T | Promise<T>, answer: (settled: Settled<T>) => void): void;
  /** Loses memory and what is not on disk, at once or when it is next at that point; back after a time. */
  kill(point: (typeof SHARD_POINTS)[number], downMs: number): void;
}

interface HostOptions {
  readonly world: World;
  readonly settings: LedgerSettings;
  readonly oracle: Oracle;
  readonly broken: Broken | undefined;
  /** Whether the queue is lost with the shard. */
  readonly hasFrailQueue: boolean;
  readonly forget: () => void;
  readonly send: (ids: readonly string[]) => Promise<void>;
}

/** Starts it. */
export function createShardHost(options: HostOptions): ShardHost {
  const { world, settings, oracle, broken, send, hasFrailQueue } = options;
  const { dice } = world;
  const commitMs = dice.pick([0, 3, 40]);
  const rows = memoryTasks();
  let disk: { readonly policies: Policies; readonly alarmMs: number | undefined } = {
    policies: {},
    alarmMs: undefined,
  };
  /** Machines that were killed do nothing more. */
  let life = 0;
  let isUp = true;
  let upMs = 0;
  let doom: { readonly point: string; readonly downMs: number } | undefined;
  let store: TaskStore;
  let policies: Policies;
  let alarmMs: number | undefined;
  let stopAlarm = () => {};
  let isRinging = false;
  let shard: Shard;
  let isDirty = false;
  let gated: (() => void)[] = [];
  let waiting = new Set<(settled: Settled<never>) => void>();

  /** Holds something back until all that was written before it is on disk, as the platform does. */
  const gate = (run: () => void) => {
    if (isDirty && broken !== "answers-before-durable") gated.push(run);
    else run();
  };

  const write = () => {
    if (isDirty) return;
    isDirty = true;
    const own = life;
    world.after(dice.between(0, commitMs), () => {
      if (own !== life) return;
      if (meet("before-commit")) return;
      isDirty = false;
      // An alarm counts until it has done what it was for.
      rows.commit();
      disk = { policies, alarmMs: alarmMs ?? (isRinging ? world.now() : undefined) };
      oracle.commit();
      const freed = gated;
      gated = [];
      for (const run of freed) if (own === life) run();
    });
  };

  /** @returns Whether the machine was killed here. */
  const meet = (point: string): boolean => {
    if (doom?.point !== point) return false;
    world.saw(`a kill ${point}`);
    down(doom.downMs);
    return true;
  };

  const down = (downMs: number) => {
    world.tell(() => `shard down for ${downMs}`);
    life += 1;
    isUp = false;
    doom = undefined;
    isDirty = false;
    isRinging = false;
    gated = [];
    stopAlarm();
    if (hasFrailQueue) options.forget();
    rows.rollBack();
    oracle.crash();
    for (const lose of waiting) lose({ error: new Error("Network connection lost.") });
    waiting = new Set();
    world.after(downMs, () => {
      isUp = true;
      boot();
      upMs = world.now();
      ring();
    });
  };

  /** Rings when it is time, once at a time. */
  const ring = () => {
    stopAlarm();
    if (alarmMs === undefined || !isUp || isRinging) return;
    const [own, atMs] = [life, alarmMs];
    stopAlarm = world.after(Math.max(0, atMs - world.now()) + dice.between(0, 50), () => {
      if (own !== life || broken === "no-alarm") return;
      alarmMs = undefined;
      isRinging = true;
      void shard.alarm().then(() => {
        if (own !== life) return;
        isRinging = false;
        write();
        ring();
      });
      if (doom?.point === "in-alarm") world.after(dice.between(0, 5), () => own === life && meet("in-alarm"));
    });
  };

  const boot = () => {
    const own = life;
    ({ policies, alarmMs } = disk);
    store = watchStore(breakStore(rows, broken), { oracle, write, alive: () => own === life });
    shard = watchShard(
      createShard({
        store,
        settings,
        policies,
        savePolicies(given) {
          policies = given;
          write();
        },
        epochMs: () => world.now(),
        clock: {
          now: () => world.now(),
          setTimer: (callback, ms) => world.after(ms, () => own === life && callback()),
        },
        random: () => dice.between(0, 999) / 1_000,
        send: async (ids) =>
          await new Promise((resolve, reject) => {
            gate(() => {
              if (own !== life || meet("before-send")) return;
              send(ids).then(
                () =>
                  own === life &&
                  !meet("after-send") &&
                  world.after(dice.between(0, 20), () => own === life && resolve()),
                (error: unknown) => own === life && reject(error as Error),
              );
            });
          }),
        hasFrailQueue,
        setAlarm(atMs) {
          if (own !== life) return;
          alarmMs = atMs;
          write();
          ring();
        },
        defer: (work) =>
          void work.catch((error: unknown) => oracle.fail(`publishing failed: ${String(error)}`)),
        report: (event, error) => {
          if (event !== "task-publish-refused") oracle.fail(`${event}: ${String(error)}`);
        },
      }),
      { oracle, store, now: () => world.now(), broken },
    );
    // Or it would not count before the end.
    shard.stats();
  };
  boot();

  return {
    get isUp() {
      return isUp;
    },
    get upMs() {
      return upMs;
    },
    get store() {
      return store;
    },
    counts: () => shard.stats().counts,
    call(act, answer) {
      const own = life;
      waiting.add(answer);
      const settle = (settled: Parameters<typeof answer>[0]) => {
        if (own !== life) return;
        gate(() => {
          waiting.delete(answer);
          answer(settled);
        });
      };
      // What is thrown at once is thrown to the caller, too.
      void new Promise<Awaited<ReturnType<typeof act>>>((resolve) => resolve(act(shard) as never)).then(
        (value) => settle({ value }),
        (error: unknown) => settle({ error }),
      );
    },
    kill(point, downMs) {
      if (!isUp) return;
      if (point === "now") {
        world.saw("a kill of the shard");
        down(downMs);
      } else doom = { point, downMs };
    },
  };
}
