import { type CancelSignal, type Clock, systemClock } from "#kernel";
import type { ClientState } from "./client/connection.ts";
import { createCore } from "./client/core.ts";
import type { Answers } from "./client/effects.ts";
import type { ChatEvent, HistoryPage, HistoryQuery, Present, Sent } from "./client/events.ts";
import type { Request } from "./client/outbox.ts";
import type { Roster } from "./client/roster.ts";
import { createShell } from "./client/shell.ts";
import type { SocketConstructor } from "./client/socket.ts";
import type { ClientStorage } from "./client/storage.ts";
import type { Position } from "./wire.ts";

export type { ClientState } from "./client/connection.ts";
export { ChatError, type ChatEvent, type HistoryPage, type Present, type Sent } from "./client/events.ts";
export { type ClientStorage, webStorage } from "./client/storage.ts";

/** How to be in a room. */
export interface ChatOptions {
  /** `wss://…/v1/rooms/<room>`, or what fetches it anew for each connection, with a ticket in it for instance. */
  readonly url: string | URL | ((signal: AbortSignal) => string | URL | Promise<string | URL>);
  readonly name: string;
  /** Hears of everything, as it happens. An exception of its is the caller's: it goes where a timer's would. */
  readonly onEvent?: (event: ChatEvent) => void;
  /** Where unsent messages outlive a reload. By default, nowhere. */
  readonly storage?: ClientStorage;
  /** The last message the user has seen, from `position` of an earlier client: what came since will follow. */
  readonly resume?: Position;
  /** How many messages that were missed come by themselves (1,000); when it is more, a `gap` says so. */
  readonly mostMissing?: number;
  readonly WebSocket?: SocketConstructor;
  readonly clock?: Clock;
  /** In milliseconds since 1970. */
  readonly wallNow?: () => number;
  /** From 0 to 1. */
  readonly random?: () => number;
}

/**
 * A client in a room, or on its way there. It reconnects, resumes and sends again by itself until it is closed, or the
 * room closes it for good. Whoever reads it as an iterator and does not come for more holds up the room: what is not
 * taken is not acknowledged.
 */
export interface Chat extends AsyncIterable<ChatEvent>, AsyncDisposable, Roster {
  readonly state: ClientState;
  readonly name: string;
  readonly uid: string | undefined;
  readonly position: Position | undefined;
  /**
   * Says something: exactly once, whatever happens on the way. Resolves when it is stored.
   *
   * @throws {ChatError} When the room refuses it, or it cannot be known. The reason of `signal`: what has gone out by
   *   then may yet be stored.
   */
  send(text: string, signal?: CancelSignal): Promise<Sent>;
  /** Takes another name. @returns It, as it is shown. @throws {ChatError} */
  rename(name: string, signal?: CancelSignal): Promise<string>;
  who(signal?: CancelSignal): Promise<Present>;
  /** A page of the log: by default the latest. */
  history(query?: HistoryQuery, signal?: CancelSignal): Promise<HistoryPage>;
  /** Tells of somebody typing. Call it for every key; few are sent. */
  typing(on: boolean): void;
  /**
   * Does not wait for the next attempt to connect, nor for the next heartbeat to find out that a connection is dead: the
   * network is back, or the machine has slept.
   */
  hurry(): void;
  /** Leaves. What has not been sent stays in the storage. */
  close(): Promise<void>;
}

/** Bytes of what must not be guessed, and of what must only be new. */
const SECRET_BYTES = 16;
const ID_BYTES = 8;

/**
 * Enters a room.
 *
 * ```ts
 * await using chat = connectChat({ url: "wss://…/v1/rooms/lobby", name: "Ada" });
 * await chat.send("Hello");
 * for await (const event of chat) if (event.type === "message") show(event.message);
 * ```
 */
export function connectChat({
  url,
  name,
  onEvent,
  storage,
  resume,
  mostMissing = 1_000,
  WebSocket: Socket = globalThis.WebSocket,
  clock = systemClock,
  wallNow = Date.now,
  random = Math.random,
}: ChatOptions): Chat {
  const saved = storage?.load() ?? { cid: randomHex(SECRET_BYTES), unsent: [] };
  const makeId = () => randomHex(ID_BYTES);
  const core = createCore({ name, saved, resume, mostMissing, random, wallNow, makeId });
  const addressOf = async (signal: AbortSignal) =>
    String(typeof url === "function" ? await url(signal) : url);
  const shell = createShell({ core, clock, url: addressOf, Socket, storage, onEvent });

  const ask = async <T extends keyof Answers>(
    make: (id: string) => Extract<Request, { readonly t: T }>,
    signal?: CancelSignal,
  ): Promise<Answers[T]> => {
    signal?.throwIfAborted();
    const id = makeId();
    const answer = shell.answer(id);
    shell.act((now) => core.ask(now, make(id)));
    const value = await untilAborted(answer, signal, () => {
      shell.drop(id);
      shell.act((now) => core.forget(now, id));
    });
    return value as Answers[T]; // the core settles a request with an answer of its kind
  };

  shell.act(() => [{ do: "save", saved }]);
  shell.act((now) => core.start(now));
  return {
    get state() {
      return core.state;
    },
    get name() {
      return core.name;
    },
    get uid() {
      return core.uid;
    },
    get position() {
      return core.position;
    },
    get members() {
      return core.roster.members;
    },
    get count() {
      return core.roster.count;
    },
    send: async (text, signal) => await ask((id) => ({ t: "send", id, text }), signal),
    rename: async (to, signal) => await ask((id) => ({ t: "nick", id, name: to }), signal),
    who: async (signal) => await ask((id) => ({ t: "who", id }), signal),
    history: async (query, signal) => await ask((id) => ({ t: "history", id, ...query }), signal),
    typing: (on) => shell.act((now) => core.typing(now, on)),
    hurry: () => shell.act((now) => core.hurry(now)),
    close: async () => shell.act((now) => core.leave(now)),
    [Symbol.asyncIterator]: () => shell.read(),
    [Symbol.asyncDispose]: async () => shell.act((now) => core.leave(now)),
  };
}

function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Waits for a promise until a signal aborts; then lets go of it. */
async function untilAborted<T>(
  promise: Promise<T>,
  signal: CancelSignal | undefined,
  letGo: () => void,
): Promise<T> {
  if (signal === undefined) return await promise;
  const abort = Promise.withResolvers<never>();
  const onAbort = () => {
    letGo();
    abort.reject(signal.reason);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, abort.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
