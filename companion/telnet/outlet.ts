import type { Clock } from "#kernel";

/** How long a terminal may take none of what it is told: before lines are skipped, and before it is given up. */
const SKIP_AFTER_MS = 5_000;
const GIVE_UP_AFTER_MS = 60_000;

/** What a terminal is told through. */
interface OutletPorts {
  /** @returns Whether there is room for more. */
  readonly write: (text: string) => boolean;
  readonly clock: Clock;
  readonly skipped: (count: number) => string;
  /** The terminal takes nothing any more. */
  readonly onStuck: () => void;
}

/** The way to a terminal, which may be slower than what is said. */
export interface Outlet extends Disposable {
  readonly isFull: boolean;
  say(text: string): void;
  /** The terminal has taken everything. */
  drained(): void;
  /** Waits until the terminal has taken what it was told, or has had its time: then what is said is skipped. */
  ready(): Promise<void>;
}

/** Begins with room for something. */
export function createOutlet({ write, clock, skipped, onStuck }: OutletPorts): Outlet {
  let isFull = false;
  let isSkipping = false;
  let skippedLines = 0;
  let waiting: PromiseWithResolvers<void> | undefined;
  let cancelTimer: (() => void) | undefined;

  const wake = () => {
    waiting?.resolve();
    waiting = undefined;
  };
  const skip = () => {
    isSkipping = true;
    cancelTimer = clock.setTimer(onStuck, GIVE_UP_AFTER_MS - SKIP_AFTER_MS);
    wake();
  };
  const put = (text: string) => {
    const isFullNow = !write(text);
    if (isFullNow && !isFull) cancelTimer = clock.setTimer(skip, SKIP_AFTER_MS);
    isFull = isFullNow;
  };

  return {
    get isFull() {
      return isFull;
    },
    say(text) {
      if (isSkipping) skippedLines += 1;
      else put(text);
    },
    drained() {
      if (!isFull) return;
      cancelTimer?.();
      const count = skippedLines;
      [isFull, isSkipping, skippedLines] = [false, false, 0];
      if (count > 0) put(`${skipped(count)}\r\n`);
      wake();
    },
    async ready() {
      while (isFull && !isSkipping) {
        waiting ??= Promise.withResolvers();
        await waiting.promise;
      }
    },
    [Symbol.dispose]() {
      cancelTimer?.();
      isSkipping = true;
      wake();
    },
  };
}
