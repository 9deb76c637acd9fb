import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { createRoster, type Roster } from "../roster.ts";

/** So many requests of a connection are served at once, for each may take a connection to an origin. */
const MOST_AT_ONCE = 8;

/** The answers that each connection still owes: a client may ask again before it has one. */
export interface Answers {
  /** Serves a request as soon as few enough of its connection are; while one waits for that, no more are read. */
  add(socket: Socket, outgoing: ServerResponse, serve: () => void): void;
  isOwed(socket: Socket): boolean;
  /**
   * Whether what is said now, of bytes that cannot be read, is taken for the answer to them: nothing else is owed, and
   * nothing of that has been said.
   */
  mayRefuse(socket: Socket): boolean;
  /** Ends them unsaid: of a connection that changed to a tunnel, Node tells them no more that it has closed. */
  drop(socket: Socket): void;
}

/** Begins with none. */
export function createAnswers(): Answers {
  const owed = new WeakMap<Socket, Owed>();
  return {
    add(socket, outgoing, serve) {
      let of = owed.get(socket);
      if (of === undefined) owed.set(socket, (of = watch(socket)));
      const { answers, waiting } = of;
      const leave = answers.add(outgoing);
      outgoing.once("close", () => {
        leave();
        const next = waiting.shift();
        // When a connection closes, so do all its answers.
        if (next === undefined || socket.destroyed) return;
        if (waiting.length === 0) socket.resume();
        next();
      });
      if (answers.size <= MOST_AT_ONCE) return serve();
      waiting.push(serve);
      queueMicrotask(of.hold);
    },
    isOwed: (socket) => (owed.get(socket)?.answers.size ?? 0) > 0,
    mayRefuse(socket) {
      const [first, ...others] = owed.get(socket)?.answers.all() ?? [];
      return first === undefined || (others.length === 0 && !first.req.complete && !first.headersSent);
    },
    drop(socket) {
      for (const outgoing of owed.get(socket)?.answers.all() ?? []) outgoing.destroy();
    },
  };
}

/** What a connection owes. */
interface Owed {
  readonly answers: Roster<ServerResponse>;
  /** What serves those that have to wait, in their order. */
  readonly waiting: (() => void)[];
  /** Reads nothing more while one waits. */
  readonly hold: () => void;
}

/** Begins with nothing owed. */
function watch(socket: Socket): Owed {
  const waiting: (() => void)[] = [];
  const hold = () => {
    if (waiting.length > 0) socket.pause();
  };
  // Node (24.21.0) goes on reading by itself: after each message that has come, and after each answer.
  socket.on("resume", hold);
  return { answers: createRoster(), waiting, hold };
}
