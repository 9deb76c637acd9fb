import type { Chat, ChatEvent, ChatOptions } from "../../src/chat/client.ts";
import { advanceTalk, beginTalk, firstSeq, type Talk, withEarlier } from "./talk.ts";

/** How many messages of the log to show at first, and with every look further back. */
const PAGE = 50;

/** Keeps one talk at a time, and what is known of it. */
export interface Talker {
  /** The talk in hand; the same object until it changes. */
  readonly get: () => Talk | undefined;
  /** Calls back on every change, until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Enters a room, and leaves the one before. */
  readonly enter: (room: string, name: string) => void;
  /** Says something. It is shown at once, as unsent. */
  readonly say: (text: string) => void;
  readonly type: () => void;
  readonly lookBack: () => void;
  /** Does not wait for the next try to connect. */
  readonly hurry: () => void;
  readonly leave: () => void;
}

/** Connects to a room. */
export type Connect = (room: string, options: Pick<ChatOptions, "name" | "onEvent">) => Chat;

export function createTalker(connect: Connect): Talker {
  const listeners = new Set<() => void>();
  let talk: Talk | undefined;
  let chat: Chat | undefined;
  let key = 0;

  const become = (next: Talk | undefined) => {
    talk = next;
    for (const listener of listeners) listener();
  };
  const leave = () => {
    void chat?.close();
    chat = undefined;
    become(undefined);
  };
  /** Asks for what was said before; its answer comes too late when another room has been entered. */
  const lookBack = async (from: Chat) => {
    const before = talk && firstSeq(talk);
    try {
      const { items, more } = await from.history({ ...(before !== undefined && { before }), limit: PAGE });
      if (from === chat && talk !== undefined) become(withEarlier(talk, items, more));
    } catch (error) {
      if (from === chat && talk !== undefined) become({ ...talk, complaint: wordsOf(error) });
    }
  };

  return {
    get: () => talk,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    enter(room, name) {
      leave();
      become(beginTalk(room, name));
      let isNew = true;
      /** Not yet there for what is told while it is being made. */
      let entered: Chat | undefined;
      const onEvent = (event: ChatEvent) => {
        if (entered !== chat || talk === undefined) return;
        become(advanceTalk(talk, event));
        if (event.type === "welcome" && isNew && entered !== undefined) {
          isNew = false;
          void lookBack(entered);
        }
      };
      entered = connect(room, { name, onEvent });
      chat = entered;
    },
    say(text) {
      if (chat === undefined || talk === undefined) return;
      const from = chat;
      const unsent = { kind: "unsent", key: (key += 1), text } as const;
      become({ ...talk, lines: [...talk.lines, unsent] });
      const replace = (lines: readonly Talk["lines"][number][]) => {
        if (from !== chat || talk === undefined) return;
        become({
          ...talk,
          lines: talk.lines.flatMap((line) =>
            line.kind === "unsent" && line.key === unsent.key ? lines : [line],
          ),
        });
      };
      from.send(text).then(
        () => replace([]),
        (error: unknown) => replace([{ ...unsent, failed: wordsOf(error) }]),
      );
    },
    type: () => chat?.typing(true),
    lookBack: () => void (chat && lookBack(chat)),
    hurry: () => chat?.hurry(),
    leave,
  };
}

/** What went wrong, for people. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
