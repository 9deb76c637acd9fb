import type { Clock } from "#kernel";
import type { Chat } from "../../src/chat/client.ts";
import type { Connection } from "../listen.ts";
import { TELNET } from "./codes.ts";
import { createLines } from "./lines.ts";
import type { Messages } from "./messages.ts";
import { createNegotiation } from "./negotiation.ts";
import { createOutlet } from "./outlet.ts";
import { createParser, type TelnetEvent } from "./parser.ts";
import type { Barred } from "./room-door.ts";
import { createSession } from "./session.ts";
import { encode } from "./text.ts";

/** How long the room may take to answer what was asked last, once the terminal is to be closed. */
const FINISH_MS = 5_000;

interface TerminalOptions {
  readonly messages: Messages;
  readonly room: string;
  readonly clock: Clock;
  readonly connect: (room: string, name: string) => Chat;
  readonly askDoor: (room: string) => Promise<Barred | undefined>;
}

/** Puts a session behind a telnet connection. @returns Says that we close, and does when the room has answered. */
export function serveTerminal(
  { socket, entry, guard }: Connection,
  { messages, room, clock, connect, askDoor }: TerminalOptions,
): () => void {
  const lines = createLines();
  const parse = createParser();
  const negotiate = createNegotiation();
  /** Says nothing more once it has ended. @returns Whether there is room for more. */
  const write = (bytes: Buffer) => !socket.writable || socket.write(bytes);
  const outlet = createOutlet({
    write: (text) => write(encode(text)),
    clock,
    skipped: messages.skipped,
    onStuck: () => socket.destroy(),
  });
  /** Whoever does not read is not read: what they ask for would have to wait here. */
  const settle = () => {
    const isFull = outlet.isFull || socket.writableNeedDrain;
    entry.state = isFull ? "paused" : "open";
    entry.waitsFor = isFull ? "the peer to read" : undefined;
    if (isFull) socket.pause();
    else socket.resume();
  };
  const read = async (chat: Chat) => {
    for await (const event of chat) {
      // What is not taken is not acknowledged: a slow terminal holds up what the room sends it.
      await outlet.ready();
      guard(session.hear)(chat, event);
    }
  };
  let cancelTimer: (() => void) | undefined;
  const session = createSession({
    messages,
    room,
    guard,
    askDoor,
    say(text) {
      outlet.say(text);
      settle();
    },
    enter(name, as) {
      const chat = connect(name, as);
      void read(chat).catch(
        guard((error: unknown) => {
          throw error;
        }),
      );
      return chat;
    },
    onFinish: () => void (cancelTimer = clock.setTimer(() => socket.destroy(), FINISH_MS)),
    end: () => void socket.end(),
  });

  const act = (event: TelnetEvent) => {
    switch (event.t) {
      case "data":
        return lines.take(event.bytes).forEach(session.line);
      case "negotiation": {
        const answer = negotiate(event.verb, event.option);
        if (answer !== undefined) write(answer);
        return;
      }
      case "command":
        if (event.command === TELNET.ARE_YOU_THERE) return outlet.say("[Yes]\r\n");
        if (event.command === TELNET.ERASE_CHARACTER) return lines.eraseCharacter();
        if (event.command === TELNET.ERASE_LINE || event.command === TELNET.BREAK) return lines.eraseLine();
        if (event.command === TELNET.INTERRUPT || event.command === TELNET.EOF) session.finish();
        return;
      case "subnegotiation":
    }
  };

  socket.on(
    "data",
    guard((bytes: Buffer) => {
      // A piece may ask for thousands of answers of a few bytes each.
      socket.cork();
      parse(bytes).forEach(act);
      socket.uncork();
      settle();
    }),
  );
  socket.on(
    "drain",
    guard(() => {
      outlet.drained();
      settle();
    }),
  );
  socket.on("end", guard(session.finish));
  socket.once("close", () => {
    cancelTimer?.();
    outlet[Symbol.dispose]();
    session.leave();
  });
  return () => {
    outlet.say(`${messages.closing}\r\n`);
    session.finish();
  };
}
