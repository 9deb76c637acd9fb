/** What a request has begun that may outlive its answer or its client. */
export interface KeepAlive {
  /**
   * Begins to hold the request's context open; disposing of what it returns ends that, once.
   *
   * ```ts
   * using _alive = keepAlive.hold();
   * ```
   */
  hold(): Disposable;
  /** Says that the request was answered, or its client has left. Call it in the turn in which that is known. */
  end(): void;
}

/**
 * Holds a request's context open, with one promise for all that overlaps and none while the request is at work: the
 * platform keeps the context till then by itself, and each promise handed to it costs tens of microseconds.
 *
 * @param waitUntil The platform's.
 */
export function createKeepAlive(waitUntil: (work: Promise<void>) => void): KeepAlive {
  let holds = 0;
  let hasEnded = false;
  let release: (() => void) | undefined;
  const handOver = () => waitUntil(new Promise((resolve) => (release = resolve)));
  return {
    hold() {
      if (hasEnded && holds === 0) handOver();
      holds += 1;
      let isHeld = true;
      return {
        [Symbol.dispose]: () => {
          if (!isHeld) return;
          isHeld = false;
          holds -= 1;
          if (holds === 0) release?.();
        },
      };
    },
    end() {
      if (hasEnded) return;
      hasEnded = true;
      if (holds > 0) handOver();
    },
  };
}
