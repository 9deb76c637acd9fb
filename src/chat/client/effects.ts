import type { ChatError, ChatEvent, HistoryPage, Present, Sent } from "./events.ts";
import type { Unsent } from "./outbox.ts";

/** What a client keeps over a reload. */
export interface SavedClient {
  /** Makes this client the same one when it comes back. A secret. */
  readonly cid: string;
  readonly unsent: readonly Unsent[];
}

/** What is told to whoever asked, by what was asked. */
export interface Answers {
  readonly send: Sent;
  readonly nick: string;
  readonly who: Present;
  readonly history: HistoryPage;
}

/** The end of a request. */
export type Answer =
  | { readonly t: "done"; readonly value: Answers[keyof Answers] }
  | { readonly t: "failed"; readonly error: ChatError };

/** What a client's core wants done, in order. */
export type Effect =
  | { readonly do: "connect"; readonly socket: number }
  | { readonly do: "transmit"; readonly socket: number; readonly data: string }
  | { readonly do: "disconnect"; readonly socket: number }
  /** Before anything after it is done, if the storage can. */
  | { readonly do: "save"; readonly saved: SavedClient }
  | { readonly do: "settle"; readonly id: string; readonly answer: Answer }
  | { readonly do: "emit"; readonly event: ChatEvent };
