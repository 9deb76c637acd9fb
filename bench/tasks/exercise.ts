/** One piece of work: a number, and when it was enqueued. */
export interface Job {
  readonly n: number;
  readonly atMs: number;
}

/** A queue under measurement, with workers that call `run` of its exercise for each job. */
export interface JobQueue {
  /** Settles when all of them are accepted for good. */
  add(jobs: readonly Job[]): Promise<void>;
  /** How many jobs have ended, ever, as the queue itself has written down. */
  ended(): Promise<number>;
  /** Results of so many jobs that ended last, in any order. */
  results(count: number): Promise<readonly number[]>;
}

/** What a round came to. */
export interface Exercised {
  readonly enqueueMs: number;
  readonly totalMs: number;
  /** From when each job was wanted to when its handler began. */
  readonly startsMs: readonly number[];
  /** Why the round does not count. */
  readonly fault?: string;
}

/** Who waits for an answer before they say the next thing. */
const CALLERS = 32;
const POLL_MS = 5;

const pause = async (ms: number) => await new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Opens an exercise: what the handlers of a queue do, and rounds of it. */
export function createExercise() {
  const runs = new Map<number, number>();
  let startsMs: number[] = [];
  let last = 0;
  let before = 0;

  const makeJobs = (count: number): Job[] =>
    Array.from({ length: count }, () => ({ n: (last += 1), atMs: Date.now() }));

  return {
    /** The work. */
    run({ n, atMs }: Job): number {
      startsMs.push(Date.now() - atMs);
      runs.set(n, (runs.get(n) ?? 0) + 1);
      return n + 1;
    },

    /** `?count=1000&batch=100`; with `everyMs`, one after the other at that pace. */
    async round(queue: JobQueue, { searchParams }: URL): Promise<Exercised> {
      const [count, batch, everyMs] = ["count", "batch", "everyMs"].map((name) =>
        Number(searchParams.get(name)),
      );
      startsMs = [];
      runs.clear();
      const first = last + 1;
      before ||= await queue.ended();
      const beganMs = performance.now();
      let left = count ?? 0;
      const call = async () => {
        while (left > 0) {
          const size = Math.min(left, Math.max(1, batch ?? 1));
          left -= size;
          await queue.add(makeJobs(size));
          if ((everyMs ?? 0) > 0) await pause(everyMs ?? 0);
        }
      };
      await Promise.all(Array.from({ length: (everyMs ?? 0) > 0 ? 1 : CALLERS }, call));
      const enqueueMs = performance.now() - beganMs;
      const enough = before + last - first + 1;
      while (
        (runs.size < last - first + 1 || (await queue.ended()) < enough) &&
        performance.now() - beganMs < 60_000
      )
        await pause(POLL_MS);
      const totalMs = performance.now() - beganMs;
      before = await queue.ended();
      const fault =
        before === enough
          ? faultOf(first, await queue.results(last - first + 1))
          : `${before} of ${enough} ended`;
      return { enqueueMs, totalMs, startsMs, ...(fault !== undefined && { fault }) };
    },
  };

  function faultOf(first: number, results: readonly number[]): string | undefined {
    const distinct = new Set(results);
    for (let n = first; n <= last; n += 1) {
      if (!distinct.has(n + 1)) return `the result of ${n} is not there`;
      if (runs.get(n) !== 1) return `${n} was run ${runs.get(n) ?? 0} times`;
    }
    return undefined;
  }
}
