import { type Chat, ChatError, type ChatEvent } from "../../src/chat/client.ts";
import { type Command, readCommand, USAGE } from "./commands.ts";
import { type Line, MOST_LINE_BYTES } from "./lines.ts";
import type { Messages } from "./messages.ts";
import { type Barred, NOT_A_MEMBER } from "./room-door.ts";
import { harmless } from "./text.ts";

/** What a session acts on. */
interface SessionPorts {
  readonly messages: Messages;
  /** The room to begin in. */
  readonly room: string;
  readonly say: (text: string) => void;
  /** Enters a room. What happens there is told to {@link Session.hear}. */
  readonly enter: (room: string, name: string) => Chat;
  /** Why a room does not let us in; `undefined` where it is not to be reached. */
  readonly askDoor: (room: string) => Promise<Barred | undefined>;
  /** Nothing more is read: what the room was asked is waited for. */
  readonly onFinish: () => void;
  /** Nothing more is said. */
  readonly end: () => void;
  readonly guard: <A extends readonly unknown[]>(callback: (...args: A) => void) => (...args: A) => void;
}

/** Somebody at a terminal: first without a name, then in a room. */
export interface Session {
  readonly line: (line: Line) => void;
  readonly hear: (chat: Chat, event: ChatEvent) => void;
  /** Leaves, once the room has answered what it was asked, and ends. */
  readonly finish: () => void;
  /** Leaves at once: the terminal is gone. */
  readonly leave: () => void;
}

/** How much may wait for a room's answer, and how many rooms that were left may wait for theirs. */
const MOST_PENDING = 1_000;
const MOST_LEFT = 4;

/** The room's close code for a name that it does not let in (4004 of `CLOSE`). */
const NAME_REFUSED = 4004;

/** Begins by asking for a name. */
export function createSession(ports: SessionPorts): Session {
  const { messages, say, guard } = ports;
  const tell = (line: string) => say(`${line}\r\n`);
  const pending = new Set<Promise<void>>();
  let { room } = ports;
  /** The last room that let us in. */
  let home: string | undefined;
  let chat: Chat | undefined;
  /** This one, and those that were left and still have something to send. */
  const open = new Set<Chat>();
  let isWelcome = false;
  let isLost = false;
  let isOver = false;
  /** Those who are here, by name, as this terminal was told. */
  let known = new Map<string, string>();

  const enterAs = (name: string) => {
    [isWelcome, isLost, known] = [false, false, new Map()];
    chat = ports.enter(room, name);
    open.add(chat);
  };
  const close = (one: Chat) => {
    open.delete(one);
    void one.close();
  };
  const leave = () => {
    chat = undefined;
    open.forEach(close);
  };
  const askName = () => {
    leave();
    say(messages.askName);
  };
  const finish = () => {
    if (isOver) return;
    isOver = true;
    ports.onFinish();
    const end = guard(() => {
      leave();
      ports.end();
    });
    void Promise.allSettled(pending).then(end);
  };
  const quit = () => {
    tell(messages.bye);
    finish();
  };

  const refuse = (code: string, message: string) => tell(messages.refusals[code] ?? harmless(message));
  /** Tells the answer to what was asked, or why there is none. */
  const ask = <T>(asked: Promise<T>, answered: (value: T) => void) => {
    const failed = guard((error: unknown) => {
      if (!(error instanceof ChatError)) throw error;
      refuse(error.code, error.message);
    });
    const settled: Promise<void> = asked.then(guard(answered), failed).finally(() => pending.delete(settled));
    pending.add(settled);
  };

  const obey = (talk: Chat, line: string) => {
    const command = readCommand(line);
    if (pending.size >= MOST_PENDING && ASKS.has(command.t)) return refuse("outbox-full", "");
    switch (command.t) {
      case "nothing":
        return;
      case "say":
        return ask(talk.send(command.text), () => undefined);
      case "nick":
        return ask(talk.rename(command.name), (name) => tell(messages.youAre(harmless(name))));
      case "who":
        return ask(talk.who(), ({ members, count }) => {
          tell(
            messages.who(
              members.map(({ name }) => harmless(name)),
              count,
            ),
          );
        });
      case "history":
        return ask(talk.history({ limit: command.count }), ({ items }) => {
          if (items.length === 0) tell(messages.nothingSaid);
          for (const { name, text } of items) tell(said(name, text));
        });
      case "join":
        if (open.size > MOST_LEFT) return refuse("outbox-full", "");
        // What was said in the old room gets there before we leave it.
        void Promise.allSettled(pending).then(() => close(talk));
        ({ room } = command);
        return enterAs(talk.name);
      case "help":
        return messages.help.forEach(tell);
      case "quit":
        return quit();
      case "misused":
        return tell(messages.usage(USAGE[command.command]));
      case "unknown":
        return tell(messages.unknown(harmless(command.command)));
    }
  };

  const hearDoor = (barred: Barred | undefined, from: Chat) => {
    // Meanwhile it may have let us in.
    if (from !== chat || !isLost) return;
    if (barred === undefined) return tell(messages.lost);
    const isClosed = barred.code === NOT_A_MEMBER;
    tell(isClosed ? messages.closedRoom(room) : messages.barred);
    leave();
    if (!isClosed || home === undefined || home === room) return finish();
    room = home;
    enterAs(from.name);
  };

  const changed = (own: string | undefined, { join, leave: gone, nick }: PresenceEvent) => {
    for (const { uid, name } of gone) {
      if (uid !== own) tell(messages.left(harmless(known.get(uid) ?? name)));
      known.delete(uid);
    }
    for (const { uid, name } of join) {
      if (uid !== own && !known.has(uid)) tell(messages.joined(harmless(name)));
      known.set(uid, name);
    }
    for (const { uid, name } of nick) {
      const before = known.get(uid) ?? name;
      if (uid !== own && before !== name) tell(messages.renamed(harmless(before), harmless(name)));
      known.set(uid, name);
    }
  };

  say(messages.askName);
  return {
    finish,
    leave,
    line(line) {
      if (isOver) return;
      if (line === undefined) return tell(messages.tooLong(MOST_LINE_BYTES));
      if (chat !== undefined) return obey(chat, line);
      const name = line.trim();
      if (name === "/quit") return quit();
      // No name, though a room would take it for one.
      if (name.startsWith("/")) messages.help.forEach(tell);
      if (name === "" || name.startsWith("/")) return say(messages.askName);
      enterAs(name);
    },
    hear(from, event) {
      if (from !== chat) return;
      switch (event.type) {
        case "welcome": {
          const { name, count, members } = event.welcome;
          known = new Map(members.map((member) => [member.uid, member.name]));
          tell(isWelcome ? messages.back(count) : messages.welcome(harmless(name), count));
          [isWelcome, isLost, home] = [true, false, room];
          return;
        }
        case "message": {
          const { uid, name, text } = event.message;
          if (uid !== from.uid) tell(said(name, text));
          return;
        }
        case "presence":
          return changed(from.uid, event);
        case "gap":
          return tell(messages.missing(event.to - event.from + 1));
        case "complaint":
          return refuse(event.code, event.message);
        case "state":
          if (event.state.name === "ended") {
            if (event.state.code === NAME_REFUSED) return askName();
            tell(messages.sentAway);
            return finish();
          }
          if (event.state.name !== "waiting" || isLost) return;
          isLost = true;
          void ports.askDoor(room).then(
            guard((barred) => hearDoor(barred, from)),
            guard((error: unknown) => {
              throw error;
            }),
          );
          return;
        case "reset":
        case "typing":
        case "sent":
        case "failed":
        case "odd":
      }
    },
  };
}

/** Commands that ask the room something. */
const ASKS = new Set<Command["t"]>(["say", "nick", "who", "history"]);

type PresenceEvent = Extract<ChatEvent, { type: "presence" }>;

function said(name: string, text: string): string {
  return `[${harmless(name)}] ${harmless(text)}`;
}
