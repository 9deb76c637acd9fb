import { type Backoff, fullJitterMs } from "#kernel";

/** What one `sendBatch` of a Queue takes (https://developers.cloudflare.com/queues/platform/limits). */
const MOST_MESSAGES = 100;
const MOST_BYTES = 256_000;

/**
 * The first of the rows that go into one `sendBatch` together.
 *
 * @param sizeBytes Of the message of a row. One that is too large by itself goes alone, and is refused by the Queue.
 */
export function firstBatch<R>(rows: Iterable<R>, sizeBytes: (row: R) => number): readonly R[] {
  const batch: R[] = [];
  let bytes = 0;
  for (const row of rows) {
    bytes += sizeBytes(row);
    if (batch.length > 0 && (bytes > MOST_BYTES || batch.length === MOST_MESSAGES)) break;
    batch.push(row);
  }
  return batch;
}

/** Rows that wait to be sent, kept where what they tell of is kept. */
export interface Outbox<R> {
  /** The oldest ones, in order, so many at most. */
  waiting(most: number): readonly R[];
  sizeBytes(row: R): number;
  /** Sends their messages with one `sendBatch`. */
  send(rows: readonly R[]): Promise<void>;
  /** Takes them out. A crash before this sends them twice, which whoever receives them must not mind. */
  sent(rows: readonly R[]): void;
  /** Is told that nothing can be sent for now. */
  refused(error: unknown): void;
}

interface PublisherOptions {
  readonly now: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly backoff?: Backoff;
}

/** What sends an outbox. */
export interface Publisher {
  /** Sends all that waits, a batch after the other, with what is added meanwhile. @throws What the outbox's rows throw. */
  publish(): Promise<void>;
  /** Whether it sends just now, and so takes what is added meanwhile. */
  isRunning(): boolean;
  /** When it may send again: after a refusal it pauses. */
  readyMs(): number;
}

/** Sends what is in an outbox, in order, one batch at a time; pauses with full jitter after each refusal. */
export function createPublisher<R>(
  outbox: Outbox<R>,
  { now, random, backoff = { baseMs: 1_000, capMs: 60_000 } }: PublisherOptions,
): Publisher {
  let refusals = 0;
  let readyMs = 0;
  let isRunning = false;
  let running = Promise.resolve();

  const sendAll = async () => {
    while (now() >= readyMs) {
      const batch = firstBatch(outbox.waiting(MOST_MESSAGES), (row) => outbox.sizeBytes(row));
      if (batch.length === 0) return;
      try {
        await outbox.send(batch);
      } catch (error) {
        refusals += 1;
        // Not at once, however the dice fall.
        readyMs = now() + Math.max(1, fullJitterMs(refusals, backoff, random));
        outbox.refused(error);
        return;
      }
      refusals = 0;
      outbox.sent(batch);
    }
  };

  const run = async () => {
    isRunning = true;
    try {
      await sendAll();
    } finally {
      // In the turn in which it found nothing more, so that what is added later is not taken for sent.
      isRunning = false;
    }
  };

  return {
    async publish() {
      if (!isRunning) running = run();
      await running;
    },
    isRunning: () => isRunning,
    readyMs: () => readyMs,
  };
}
