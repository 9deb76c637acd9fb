import { type CancelSignal, waitFor } from "./cancel.ts";
import { expectInteger } from "./expect.ts";

/** The channel was closed: nothing more is sent, and what was sent has been received. */
export class ChannelClosedError extends Error {
  override readonly name = "ChannelClosedError";

  constructor() {
    super("The channel is closed");
  }
}

interface Sender<T> {
  readonly item: T;
  readonly accepted: () => void;
  readonly refuse: (error: ChannelClosedError) => void;
}

interface Receiver<T> {
  readonly deliver: (item: T) => void;
  readonly refuse: (error: ChannelClosedError) => void;
}

/**
 * A bounded queue between tasks. Senders wait while it is full, receivers while it is empty, both first come, first
 * served. An item is either received or its `send` rejects: none is lost to an abort or to closing.
 *
 * ```ts
 * for await (const job of channel.items(signal)) await work(job); // each item is marked done after its turn
 * ```
 */
export class Channel<T> {
  readonly capacity: number;
  readonly #buffer: T[] = [];
  readonly #senders = new Set<Sender<T>>();
  readonly #receivers = new Set<Receiver<T>>();
  readonly #joiners = new Set<() => void>();
  #closed = false;
  #unfinished = 0;

  /** @throws {RangeError} When `capacity` is not an integer ≥ 1. */
  constructor(capacity: number) {
    expectInteger("capacity", capacity, 1);
    this.capacity = capacity;
  }

  /** Items that wait to be received. */
  get size(): number {
    return this.#buffer.length;
  }

  /** How many wait to send, to receive, or for all items to be done. */
  get waiting(): number {
    return this.#senders.size + this.#receivers.size + this.#joiners.size;
  }

  /**
   * Puts an item in, waiting for room.
   *
   * @throws {ChannelClosedError} When the channel is closed before there was room. The reason of `signal`. In both
   *   cases the item was not taken.
   */
  async send(item: T, signal?: CancelSignal): Promise<void> {
    await waitFor<void>(signal, (resolve, reject) => {
      const sender: Sender<T> = { item, accepted: resolve, refuse: reject };
      if (this.#closed) reject(new ChannelClosedError());
      else this.#senders.add(sender);
      this.#settle();
      return () => this.#senders.delete(sender);
    });
  }

  /**
   * Takes the oldest item, waiting for one. Call {@link done} when its work is over.
   *
   * @throws {ChannelClosedError} When the channel is closed and empty. The reason of `signal`.
   */
  async receive(signal?: CancelSignal): Promise<T> {
    return await waitFor<T>(signal, (resolve, reject) => {
      const receiver: Receiver<T> = { deliver: resolve, refuse: reject };
      this.#receivers.add(receiver);
      this.#settle();
      return () => this.#receivers.delete(receiver);
    });
  }

  /** Ends sending: waiting senders are refused, what is in the channel can still be received. */
  close(): void {
    this.#closed = true;
    for (const sender of this.#senders) {
      this.#senders.delete(sender);
      sender.refuse(new ChannelClosedError());
    }
    this.#settle();
  }

  /** Marks one received item as worked off. @throws {Error} When there is none to mark. */
  done(): void {
    if (this.#unfinished === this.#buffer.length) {
      throw new Error("Expected one `done()` an item received, got one more");
    }
    this.#unfinished -= 1;
    if (this.#unfinished > 0) return;
    for (const finish of this.#joiners) {
      this.#joiners.delete(finish);
      finish();
    }
  }

  /** Waits until every item sent so far and meanwhile has been marked {@link done}. */
  async join(signal?: CancelSignal): Promise<void> {
    await waitFor<void>(signal, (resolve) => {
      if (this.#unfinished === 0) resolve();
      else this.#joiners.add(resolve);
      return () => this.#joiners.delete(resolve);
    });
  }

  /** Receives until the channel is closed and empty; an item is marked done when the loop asks for the next. */
  async *items(signal?: CancelSignal): AsyncGenerator<T, void, void> {
    for (;;) {
      let item: T;
      try {
        item = await this.receive(signal);
      } catch (error) {
        if (error instanceof ChannelClosedError) return;
        throw error;
      }
      try {
        yield item;
      } finally {
        this.done();
      }
    }
  }

  [Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    return this.items();
  }

  /** Moves items from senders to the buffer and from there to receivers, for as long as anyone can move. */
  #settle(): void {
    for (;;) {
      const [sender] = this.#senders;
      if (sender !== undefined && this.#buffer.length < this.capacity) {
        this.#senders.delete(sender);
        this.#buffer.push(sender.item);
        this.#unfinished += 1;
        sender.accepted();
        continue;
      }
      const [receiver] = this.#receivers;
      if (receiver === undefined) return;
      if (this.#buffer.length > 0) {
        this.#receivers.delete(receiver);
        receiver.deliver(this.#buffer.shift() as T); // not empty, as just checked
      } else if (this.#closed) {
        this.#receivers.delete(receiver);
        receiver.refuse(new ChannelClosedError());
      } else return;
    }
  }
}
