import type { Clock } from "#kernel";
import type { ChatCore } from "./core.ts";
import type { Answer, Answers, Effect } from "./effects.ts";
import type { ChatEvent } from "./events.ts";
import { createFeed, type Feed } from "./feed.ts";
import { openSocket, type OpenSocket, type SocketConstructor } from "./socket.ts";
import type { ClientStorage } from "./storage.ts";

/** What a core's effects act on. */
interface ShellOptions {
  readonly core: ChatCore;
  readonly clock: Clock;
  readonly url: (signal: AbortSignal) => string | Promise<string>;
  readonly Socket: SocketConstructor;
  readonly storage: ClientStorage | undefined;
  readonly onEvent: ((event: ChatEvent) => void) | undefined;
}

/** A core with a socket, a timer and readers. */
export interface Shell {
  /** Does what the core wants done. @param step Asks it, at a time. */
  act(step: (now: number) => readonly Effect[]): void;
  /** Waits for the answer to a request. */
  answer(id: string): Promise<Answers[keyof Answers]>;
  /** Stops waiting for one. */
  drop(id: string): void;
  read(): Feed;
}

/** Connects a core to the world. */
export function createShell({ core, clock, url, Socket, storage, onEvent }: ShellOptions): Shell {
  const queue: Effect[] = [];
  const waiting = new Map<string, PromiseWithResolvers<Answers[keyof Answers]>>();
  const feeds = new Set<Feed>();
  let isActing = false;
  let socket: OpenSocket | undefined;
  let takenSeq = 0;
  let timer: { readonly atMs: number; readonly cancel: () => void } | undefined;

  const emit = (event: ChatEvent) => {
    for (const feed of feeds) feed.push(event);
    try {
      onEvent?.(event);
    } catch (error) {
      // The caller's: it must neither be lost nor stop what else is to be done.
      queueMicrotask(() => {
        throw error;
      });
    }
    if (event.type === "state" && event.state.name === "ended") for (const feed of feeds) feed.end();
  };

  const connect = (number: number) => {
    socket = openSocket(Socket, url, {
      opened: () => act((now) => core.opened(now, number)),
      received: (data) => act((now) => core.received(now, number, data)),
      closed: (code, reason) => act((now) => core.closed(now, number, code, reason)),
    });
  };

  const settle = (id: string, answer: Answer) => {
    const waiter = waiting.get(id);
    waiting.delete(id);
    if (answer.t === "failed") waiter?.reject(answer.error);
    else waiter?.resolve(answer.value);
  };

  const carryOut = (effect: Effect) => {
    switch (effect.do) {
      case "connect":
        return connect(effect.socket);
      case "transmit":
        return socket?.send(effect.data);
      case "disconnect":
        return socket?.close();
      case "save":
        try {
          return storage?.save(effect.saved);
        } catch (error) {
          // A full storage costs the safety of a reload, not the message.
          return emit({ type: "complaint", code: "storage", message: String(error) });
        }
      case "settle":
        return settle(effect.id, effect.answer);
      case "emit":
        return emit(effect.event);
    }
  };

  /** Tells the core how far all readers are. @returns Whether that was news. */
  const noteTaken = () => {
    const seq = Math.min(core.position?.seq ?? 0, ...[...feeds].map((feed) => feed.takenSeq));
    if (seq === takenSeq) return false;
    takenSeq = seq;
    queue.push(...core.taken(clock.now(), seq));
    return true;
  };

  const arm = () => {
    const atMs = core.dueMs;
    if (timer?.atMs === atMs) return;
    timer?.cancel();
    timer = undefined;
    if (atMs === Infinity) return;
    const ring = () => {
      timer = undefined;
      act((now) => core.tick(now));
    };
    timer = { atMs, cancel: clock.setTimer(ring, Math.max(0, atMs - clock.now())) };
  };

  const act: Shell["act"] = (step) => {
    queue.push(...step(clock.now()));
    // A listener that does something at once comes after what is under way.
    if (isActing) return;
    isActing = true;
    do {
      for (let effect = queue.shift(); effect !== undefined; effect = queue.shift()) carryOut(effect);
    } while (noteTaken());
    isActing = false;
    arm();
  };

  return {
    act,
    async answer(id) {
      const waiter = Promise.withResolvers<Answers[keyof Answers]>();
      waiting.set(id, waiter);
      return await waiter.promise;
    },
    drop: (id) => void waiting.delete(id),
    read() {
      const feed = createFeed(
        () => act(() => []),
        (closed) => {
          feeds.delete(closed);
          act(() => []);
        },
      );
      if (core.state.name === "ended") feed.end();
      else feeds.add(feed);
      return feed;
    },
  };
}
