/**
 * Holds a request's context open for work that may outlive its answer or its client: with one promise for all that
 * overlaps, for each one handed to the platform costs microseconds.
 *
 * ```ts
 * using _alive = keepAlive();
 * ```
 *
 * @param waitUntil The platform's.
 * @returns Begins to hold; disposing of what it returns ends that, once.
 */
export function createKeepAlive(waitUntil: (work: Promise<void>) => void): () => Disposable {
  let holds = 0;
  let release: (() => void) | undefined;
  return () => {
    if (holds === 0) waitUntil(new Promise((resolve) => (release = resolve)));
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
  };
}
