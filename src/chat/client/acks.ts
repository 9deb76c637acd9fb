import type { Welcome } from "../wire.ts";

/** Part of a room's window after which to acknowledge, so that it never stops sending; a character has up to 3 bytes. */
const MESSAGES_SHARE = 2;
const CHARACTERS_SHARE = 4;

/** In a quiet room there is no hurry: each frame to a room costs it more than the bytes in it. */
const QUIET_MS = 10_000;

/** What a room lets a client owe. */
type Window = Pick<Welcome["limits"], "windowMessages" | "windowBytes">;

/** Which acknowledgement is due: one for many messages. */
export interface Acks {
  readonly dueMs: number;
  /** A connection begins; what came before is settled. */
  reset(seq: number, window: Window): void;
  /** Something came, messages or not: a room counts all of it. Messages are owed until they are taken. */
  arrived(this: void, characters: number, isOfMessages: boolean): void;
  taken(seq: number, now: number): void;
  /** @returns The number to acknowledge, if it is time to. */
  due(now: number): number | undefined;
}

/** @param random From 0 to 1: clients that hear of a message together do not answer together. */
export function createAcks(random: () => number): Acks {
  let acked = 0;
  let taken = 0;
  let characters = 0;
  let dueMs = Infinity;
  let mostMessages = Infinity;
  let mostCharacters = Infinity;
  return {
    get dueMs() {
      return dueMs;
    },
    reset(seq, { windowMessages, windowBytes }) {
      mostMessages = windowMessages / MESSAGES_SHARE;
      mostCharacters = windowBytes / CHARACTERS_SHARE;
      [acked, characters, dueMs] = [seq, 0, Infinity];
      taken = seq;
    },
    arrived(count, isOfMessages) {
      characters += count;
      if (characters >= mostCharacters && !isOfMessages) dueMs = 0;
    },
    taken(seq, now) {
      if (seq <= taken) return;
      taken = seq;
      if (taken - acked >= mostMessages || characters >= mostCharacters) dueMs = now;
      else if (dueMs === Infinity) dueMs = now + QUIET_MS * (0.8 + random() * 0.4);
    },
    due(now) {
      if (now < dueMs) return undefined;
      [acked, characters, dueMs] = [taken, 0, Infinity];
      return acked;
    },
  };
}
