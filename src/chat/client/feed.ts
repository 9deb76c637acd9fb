import type { ChatEvent } from "./events.ts";

/** What has happened, for one reader who takes it in at their own speed. */
export interface Feed extends AsyncIterableIterator<ChatEvent> {
  /** The last message that the reader has come for; all of them when none waits. */
  readonly takenSeq: number;
  push(event: ChatEvent): void;
  /** Nothing more comes; what is there can still be read. */
  end(): void;
}

/**
 * @param onTaken Called whenever the reader has taken something.
 * @param onClosed Called when the reader leaves.
 */
export function createFeed(onTaken: () => void, onClosed: (feed: Feed) => void): Feed {
  let events: ChatEvent[] = [];
  let takenSeq = Infinity;
  let isOver = false;
  let waiting: PromiseWithResolvers<void> | undefined;

  const wake = () => {
    waiting?.resolve();
    waiting = undefined;
  };

  const feed: Feed = {
    get takenSeq() {
      return takenSeq;
    },
    push(event) {
      if (event.type === "message") takenSeq = Math.min(takenSeq, event.message.seq - 1);
      events.push(event);
      wake();
    },
    end() {
      isOver = true;
      wake();
    },
    async next() {
      for (;;) {
        const event = events.shift();
        if (event !== undefined) {
          if (event.type === "message") takenSeq = event.message.seq;
          if (!events.some(({ type }) => type === "message")) takenSeq = Infinity;
          onTaken();
          return { done: false, value: event };
        }
        if (isOver) return { done: true, value: undefined };
        waiting ??= Promise.withResolvers();
        await waiting.promise;
      }
    },
    async return() {
      [events, takenSeq] = [[], Infinity];
      feed.end();
      onClosed(feed);
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => feed,
  };
  return feed;
}
