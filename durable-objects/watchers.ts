/** Those who wait for something to change, by its name. */
export class Watchers {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** Says that something has changed. */
  wake(name: string): void {
    this.#waiting.get(name)?.forEach((resolve) => resolve());
  }

  /** Waits until one of these changes, for so long at most. */
  async wait(names: readonly string[], holdMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, holdMs);
    for (const name of names) this.#waiting.set(name, (this.#waiting.get(name) ?? new Set()).add(resolve));
    await promise;
    clearTimeout(timer);
    for (const name of names) {
      const waiting = this.#waiting.get(name);
      waiting?.delete(resolve);
      if (waiting?.size === 0) this.#waiting.delete(name);
    }
  }
}
