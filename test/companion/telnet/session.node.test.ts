import { describe, expect, it } from "vitest";
import { VirtualClock } from "#kernel";
import { MESSAGES } from "../../../companion/telnet/languages.ts";
import type { Barred } from "../../../companion/telnet/room-door.ts";
import { createSession } from "../../../companion/telnet/session.ts";
import { type Chat, connectChat } from "../../../src/chat/client.ts";
import { roomSockets } from "./room-sockets.ts";

/** Terminals in a room of their own; time stands still until it is passed. */
function world(lang: "en" | "fr" = "en") {
  const clock = new VirtualClock();
  /** What the doors of rooms say to whoever asks. */
  const barred = new Map<string, Barred>();
  const rooms = roomSockets();
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 100) {
      await clock.advance(100);
      rooms.pass(100);
    }
    await clock.advance(0);
  };
  const open = () => {
    let shown = "";
    let isEnded = false;
    const read = async (chat: Chat) => {
      for await (const event of chat) session.hear(chat, event);
    };
    const session = createSession({
      messages: MESSAGES[lang],
      room: "lobby",
      guard: (callback) => callback,
      say: (text) => (shown += text),
      enter(room, name) {
        const chat = connectChat({
          url: `ws://${room}`,
          name,
          clock,
          WebSocket: rooms.WebSocket,
          random: () => 0.5,
        });
        void read(chat);
        return chat;
      },
      askDoor: async (room) => await Promise.resolve(barred.get(room)),
      onFinish: () => undefined,
      end: () => (isEnded = true),
    });
    return {
      session,
      async type(...lines: readonly string[]) {
        for (const line of lines) session.line(line);
        await pass(1_000);
      },
      shown: () => shown,
      /** What was shown since the last time. */
      news() {
        const news = shown;
        shown = "";
        return news;
      },
      isEnded: () => isEnded,
    };
  };
  return { open, pass, rooms, barred };
}

describe("createSession", () => {
  it("goes in French as the program of the book goes, to the byte", async () => {
    const { open } = world("fr");
    const alice = open();
    await alice.type("Alice");
    const bob = open();
    await bob.type("Bob");
    await alice.type("Hello everyone!");
    await bob.type("Hi Alice!");
    await bob.type("/quit");
    expect(alice.shown()).toBe(
      "Entrez votre pseudo: Bienvenue Alice! 1 utilisateurs connectés.\r\n" +
        "Bob a rejoint le chat!\r\n[Bob] Hi Alice!\r\nBob a quitté le chat.\r\n",
    );
    expect(bob.shown()).toBe(
      "Entrez votre pseudo: Bienvenue Bob! 2 utilisateurs connectés.\r\n" +
        "[Alice] Hello everyone!\r\nAu revoir!\r\n",
    );
    expect(bob.isEnded()).toBe(true);
  });

  it("asks again for a name that is taken, odd or empty", async () => {
    const { open } = world();
    await open().type("Ann");
    const other = open();
    await other.type(" ", "ann");
    await other.type("!!!");
    await other.type("Bob");
    expect(other.shown()).toBe(
      "Your nickname: Your nickname: Somebody here has that name, or one that looks like it.\r\n" +
        "Your nickname: That name cannot be used.\r\nYour nickname: Welcome Bob! 2 users are here.\r\n",
    );
  });

  it("takes no command for a name", async () => {
    const { open } = world();
    const ann = open();
    await ann.type("/help", "Ann");
    expect(ann.shown()).toMatch(/^Your nickname: \/nick name [^]*\r\nYour nickname: Welcome Ann!/);
  });

  it("does what it is told", async () => {
    const { open } = world();
    const ann = open();
    await ann.type("Ann");
    const bob = open();
    await bob.type("Bob", "/history", "/me waves", "//quit");
    ann.news();
    bob.news();
    await bob.type("/who");
    expect(bob.news()).toBe("2 here: Ann, Bob\r\n");
    await bob.type("/history 1");
    expect(bob.news()).toBe("[Bob] /quit\r\n");
    await bob.type("/nick Robert");
    expect(bob.news()).toBe("You are now Robert.\r\n");
    expect(ann.news()).toBe("Bob is now Robert.\r\n");
    await bob.type("/nick Ann", "/history x", "/dance", "/help");
    expect(bob.news()).toContain("/join room");
    await bob.type("/join den");
    expect(bob.news()).toContain("Welcome Robert!");
    expect(bob.isEnded()).toBe(false);
  });

  it("refuses a line that is too long, and shows no control of anybody's terminal", async () => {
    const { open } = world();
    const ann = open();
    await ann.type("Ann");
    ann.session.line(undefined);
    expect(ann.shown()).toContain("That line is too long: 1024 bytes at most.\r\n");
    await ann.type("\u001b[2J");
    expect(ann.shown()).toContain("That cannot be said here.\r\n");
  });

  it("tells once that the room is gone, comes back, and loses nothing meanwhile", async () => {
    const { open, pass, rooms } = world();
    const ann = open();
    await ann.type("Ann");
    const bob = open();
    await bob.type("Bob");
    ann.news();
    bob.news();
    rooms.takeDown();
    await ann.type("said meanwhile");
    await pass(5_000);
    rooms.putUp();
    await pass(30_000);
    expect(ann.news()).toBe("(The room is out of reach; trying again…)\r\n(Back in the room: 2 here)\r\n");
    expect(bob.news()).toMatch(
      /^\(The room is out of reach; trying again…\)\r\n\(Back in the room: 2 here\)\r\n/,
    );
    await bob.type("/history 1");
    expect(bob.news()).toBe("[Ann] said meanwhile\r\n");
  });

  it.each([
    // One message waits already.
    ["questions", "/who", 999],
    ["rooms that were left", "/join den", 4],
  ])("lets only so many %s wait while the room is out of reach", async (_, line, most) => {
    const { open, rooms } = world();
    const ann = open();
    await ann.type("Ann");
    rooms.takeDown();
    await ann.type("said meanwhile");
    ann.news();
    await ann.type(...Array.from({ length: most + 10 }, () => line));
    expect(ann.news().match(/^Too much waits to be sent; that was not\.\r$/gm)).toHaveLength(10);
  });

  it("says that its token is not accepted, and ends", async () => {
    const { open, rooms, barred } = world();
    barred.set("lobby", { status: 401, code: "unauthorized" });
    rooms.takeDown();
    const ann = open();
    await ann.type("Ann");
    expect(ann.shown()).toBe(
      "Your nickname: The chat does not let this service in: its token is not accepted. Whoever runs it has to mend that.\r\n",
    );
    expect(ann.isEnded()).toBe(true);
  });

  it("goes back from a room that is closed to it, and ends where it has been in none", async () => {
    const { open, rooms, barred } = world();
    const ann = open();
    await ann.type("Ann");
    ann.news();
    rooms.close("den");
    barred.set("den", { status: 403, code: "not-a-member" });
    await ann.type("/join den");
    expect(ann.news()).toBe("The room den is closed to this service.\r\nWelcome Ann! 1 user is here.\r\n");
    rooms.close("lobby");
    barred.set("lobby", { status: 403, code: "not-a-member" });
    const bob = open();
    await bob.type("Bob");
    expect(bob.shown()).toBe("Your nickname: The room lobby is closed to this service.\r\n");
    expect([ann.isEnded(), bob.isEnded()]).toEqual([false, true]);
  });

  it("says that the room has sent somebody away", async () => {
    const { open, rooms, pass } = world();
    const ann = open();
    await ann.type("Ann");
    ann.news();
    rooms.kick("Ann");
    await pass(1_000);
    expect(ann.news()).toBe("(The room has sent you away)\r\n");
    expect(ann.isEnded()).toBe(true);
  });

  it("leaves when what was said is stored, and at once when the terminal is gone", async () => {
    const { open, pass } = world();
    const ann = open();
    await ann.type("Ann");
    const bob = open();
    bob.session.line("Bob");
    bob.session.line("in and out");
    bob.session.finish();
    await pass(1_000);
    expect(bob.isEnded()).toBe(true);
    expect(ann.shown()).toContain("[Bob] in and out\r\nBob has left the chat.\r\n");
    ann.session.leave();
    await pass(1_000);
    const eve = open();
    await eve.type("Eve");
    expect(eve.shown()).toContain("1 user is here");
  });
});
