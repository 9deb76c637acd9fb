import type { Clock } from "./clock.ts";

interface Timer {
  readonly atMs: number;
  /** Absent once it was called or cancelled. */
  callback: (() => void) | undefined;
}

/**
 * A clock whose timers share one timer of `clock`'s. For a request's many deadlines: nearly all are cancelled, and a
 * timer of the platform's costs microseconds to set and to cancel.
 *
 * Timers of one instant run in the order in which they were set.
 */
export function queueTimers(clock: Clock): Clock {
  /** By time. What was cancelled stays until its time comes or nothing else is left. */
  const queue: Timer[] = [];
  let pending = 0;
  let armedMs = Infinity;
  let disarm: (() => void) | undefined;

  const arm = () => {
    const [next] = queue;
    if (next === undefined || next.atMs >= armedMs) return;
    disarm?.();
    armedMs = next.atMs;
    disarm = clock.setTimer(fire, Math.max(0, next.atMs - clock.now()));
  };

  const fire = () => {
    // A clock may stand a little short of the time for which its own timer was set.
    const nowMs = Math.max(clock.now(), armedMs);
    armedMs = Infinity;
    const left = queue.findIndex(({ atMs }) => atMs > nowMs);
    // Taken out first: what a callback sets for this instant waits its turn, as with any timer.
    const due = queue.splice(0, left === -1 ? queue.length : left);
    let called = 0;
    try {
      for (const timer of due) {
        called += 1;
        run(timer);
      }
    } finally {
      // Where one of them threw, the others have their turn at once.
      queue.unshift(...due.slice(called).filter(({ callback }) => callback !== undefined));
      arm();
    }
  };

  const run = (timer: Timer) => {
    const { callback } = timer;
    if (callback === undefined) return;
    drop(timer);
    callback();
  };

  const drop = (timer: Timer) => {
    timer.callback = undefined;
    pending -= 1;
    if (pending > 0) return;
    queue.length = 0;
    armedMs = Infinity;
    disarm?.();
  };

  return {
    now: () => clock.now(),
    setTimer(callback, ms) {
      const timer: Timer = { atMs: clock.now() + ms, callback };
      let place = queue.length;
      while (place > 0 && (queue[place - 1]?.atMs ?? 0) > timer.atMs) place -= 1;
      queue.splice(place, 0, timer);
      pending += 1;
      arm();
      return () => {
        if (timer.callback !== undefined) drop(timer);
      };
    },
  };
}
