import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { createRoster, type Roster } from "../roster.ts";

/** The answers that each connection still owes: a client may ask again before it has one. */
export interface Answers {
  add(socket: Socket, outgoing: ServerResponse): void;
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
  const owed = new WeakMap<Socket, Roster<ServerResponse>>();
  return {
    add(socket, outgoing) {
      let answers = owed.get(socket);
      if (answers === undefined) owed.set(socket, (answers = createRoster()));
      outgoing.once("close", answers.add(outgoing));
    },
    isOwed: (socket) => (owed.get(socket)?.size ?? 0) > 0,
    mayRefuse(socket) {
      const [first, ...others] = owed.get(socket)?.all() ?? [];
      return first === undefined || (others.length === 0 && !first.req.complete && !first.headersSent);
    },
    drop(socket) {
      for (const outgoing of owed.get(socket)?.all() ?? []) outgoing.destroy();
    },
  };
}
