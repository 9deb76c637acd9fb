/** An abort whose signal counts the listeners that are on it, so that a test can see one left behind. */
export class CountingAbort extends AbortController {
  #listeners = new Set<unknown>();

  constructor() {
    super();
    const { signal } = this;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (type: string, listener: never, options?: never) => {
      this.#listeners.add(listener);
      add(type, listener, options);
    };
    signal.removeEventListener = (type: string, listener: never, options?: never) => {
      this.#listeners.delete(listener);
      remove(type, listener, options);
    };
    add("abort", () => this.#listeners.clear());
  }

  get listeners(): number {
    return this.#listeners.size;
  }
}
