import type { CancelSignal } from "#kernel";

/** Tasks that run until they are stopped. */
export interface StoppableQueue {
  /** @returns Their ids, in order. */
  add(numbers: readonly number[]): Promise<readonly string[]>;
  cancel(id: string): Promise<void>;
  state(id: string): Promise<string | undefined>;
}

/** What a round came to. */
export interface Stopped {
  /** From when each cancel was asked for to when the handler's signal aborted. */
  readonly stopsMs: readonly number[];
  readonly fault?: string;
}

/** So many run at a time: a light load. */
const WIDTH = 20;
/** From one cancel to the next. */
const EVERY_MS = 20;
const POLL_MS = 5;
const PATIENCE_MS = 60_000;

const pause = async (ms: number) => await new Promise<void>((resolve) => setTimeout(resolve, ms));

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const untilMs = Date.now() + PATIENCE_MS;
  while (!(await isTrue())) {
    if (Date.now() > untilMs) throw new Error(`Nothing more in ${PATIENCE_MS} ms`);
    await pause(POLL_MS);
  }
}

/** Opens what the handlers of a queue do, and rounds of it. */
export function createStopping() {
  const begun = new Set<number>();
  const askedMs = new Map<number, number>();
  const stopsMs: number[] = [];
  let last = 0;

  return {
    /** The work: it waits to be told to stop. */
    async run(n: number, signal: CancelSignal): Promise<never> {
      begun.add(n);
      await new Promise<void>((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      stopsMs.push(Date.now() - (askedMs.get(n) ?? Number.NaN));
      throw signal.reason;
    },

    /** `?count=200`: cancels so many that are running, a few at a time. */
    async round(queue: StoppableQueue, { searchParams }: URL): Promise<Stopped> {
      const count = Number(searchParams.get("count"));
      stopsMs.length = 0;
      for (let left = count; left > 0; left -= WIDTH) {
        const numbers = Array.from({ length: Math.min(left, WIDTH) }, () => (last += 1));
        const ids = await queue.add(numbers);
        await until(() => numbers.every((n) => begun.has(n)));
        const before = stopsMs.length;
        for (const [index, id] of ids.entries()) {
          askedMs.set(numbers[index] ?? 0, Date.now());
          await queue.cancel(id);
          await pause(EVERY_MS);
        }
        await until(() => stopsMs.length >= before + numbers.length);
        await until(async () => {
          const states = await Promise.all(ids.map(async (id) => await queue.state(id)));
          return states.every((state) => state === "cancelled");
        });
      }
      return { stopsMs, ...(stopsMs.length !== count && { fault: `${stopsMs.length} of ${count} stopped` }) };
    },
  };
}
