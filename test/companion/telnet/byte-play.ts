import assert from "node:assert/strict";
import { Duplex } from "node:stream";
import type { Socket } from "node:net";
import { VirtualClock } from "#kernel";
import type { Connection } from "../../../companion/listen.ts";
import { createRegistry } from "../../../companion/registry.ts";
import { TELNET } from "../../../companion/telnet/codes.ts";
import { MESSAGES } from "../../../companion/telnet/languages.ts";
import { createParser } from "../../../companion/telnet/parser.ts";
import { serveTerminal } from "../../../companion/telnet/terminal.ts";
import type { Chat } from "../../../src/chat/client.ts";
import { seededDice } from "../../support/random.ts";
import { inPieces } from "../pieces.ts";
import { surroundings } from "../surroundings.ts";

const MOST_BYTES = 400;

/** What is more telling than bytes by chance. */
const TELLING: readonly [readonly number[], ...(readonly number[])[]] = [
  [TELNET.IAC],
  ...Object.values(TELNET).map((command) => [TELNET.IAC, command]),
  [TELNET.IAC, TELNET.SB, 24, 1],
  [TELNET.IAC, TELNET.SE],
  ...["\r", "\n", "\r\n", "\r\0", "\0", "\u001b[2J", "é", "🦊", "\ufeff", "\u0085", "Ann\n"].map(bytesOf),
  ...[
    "/nick ",
    "/me ",
    "/who\n",
    "/history 9\n",
    "/join den\n",
    "/join \n",
    "/help\n",
    "//",
    "/",
    "/quit\n",
  ].map(bytesOf),
  bytesOf("x".repeat(300)),
];

function bytesOf(text: string): readonly number[] {
  return [...Buffer.from(text)];
}

/**
 * Sends bytes by chance to a terminal in pieces by chance.
 *
 * @throws When anything throws, when the pieces make a difference, or when the terminal gets what could steer it.
 */
export function playBytes(seed: number): void {
  const dice = seededDice(seed);
  const bytes: number[] = [];
  while (bytes.length < MOST_BYTES && !dice.oneIn(100))
    bytes.push(...(dice.oneIn(2) ? dice.pick(TELLING) : [dice.between(0, 255)]));
  const all = Buffer.from(bytes);
  const cuts = Array.from({ length: dice.between(0, 20) }, () => dice.between(0, all.length));
  const shown = showTo(inPieces(all, cuts));
  assert.equal(shown.toString("latin1"), showTo([all]).toString("latin1"));
  for (const event of createParser()(shown)) {
    assert.ok(event.t === "data" || event.t === "negotiation", `the terminal is sent a ${event.t}`);
    if (event.t === "data") assert.match(event.bytes.toString("utf8"), /^(\r\n|\P{Cc})*$/u);
  }
}

/** @returns All that the terminal is sent. */
function showTo(pieces: readonly Buffer[]): Buffer {
  const shown: Buffer[] = [];
  const socket = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      shown.push(chunk);
      done();
    },
  });
  const clock = new VirtualClock();
  const connection: Connection = {
    socket: socket as Socket, // as much of one as a terminal is served with
    entry: createRegistry(clock).register({ kind: "chat" }),
    log: surroundings().log,
    guard: (callback) => callback,
  };
  serveTerminal(connection, {
    messages: MESSAGES.en,
    room: "lobby",
    clock,
    connect: (_room, name) => silentRoom(name),
    askDoor: async () => await Promise.resolve(undefined),
  });
  for (const piece of pieces) socket.emit("data", piece);
  socket.emit("close");
  return Buffer.concat(shown);
}

/** A room that never answers. */
function silentRoom(name: string): Chat {
  const never = async () => await new Promise<never>(() => undefined);
  const room: Pick<
    Chat,
    "name" | "send" | "rename" | "who" | "history" | "close" | typeof Symbol.asyncIterator
  > = {
    name,
    send: never,
    rename: never,
    who: never,
    history: never,
    close: async () => await Promise.resolve(),
    [Symbol.asyncIterator]: () => ({ next: never }),
  };
  return room as Chat; // what a session uses of one
}
