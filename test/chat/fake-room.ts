import { floodBucket } from "../../durable-objects/flood-bucket.ts";
import type { SavedPresence } from "../../src/chat/presence.ts";
import type { Closing } from "../../src/chat/closings.ts";
import type { DownCall } from "../../src/chat/link.ts";
import { createRoom, type Room } from "../../src/chat/room.ts";
import type { SavedSession } from "../../src/chat/saved-session.ts";
import { DEFAULT_SETTINGS, type RoomSettings } from "../../src/chat/settings.ts";
import { type ClientFrame, type Message, type RoomFrame, VERSION } from "../../src/chat/wire.ts";
import { memoryLog } from "./memory-log.ts";

/** A room with sockets that are names, and a clock that stands still until it is moved. */
export function fakeRoom(settings: Partial<RoomSettings> = {}) {
  const log = memoryLog();
  const inboxes = new Map<string, string[]>();
  const closes = new Map<string, { readonly code: number; readonly reason: string }>();
  const attachments = new Map<string, SavedSession>();
  const heard = new Map<string, number>();
  const reported: unknown[] = [];
  const closings: Closing[] = [];
  let saves = 0;
  let isSavingBroken = false;
  let presence: SavedPresence | undefined;
  let nowMs = 1_000_000;
  let costMs = 0;
  let lives = 0;
  const calls: DownCall[] = [];
  const ports = {
    log,
    send(socket: string, text: string) {
      if (closes.has(socket)) throw new Error(`Expected nothing to be sent to ${socket}, which is closed`);
      inboxes.set(socket, [...(inboxes.get(socket) ?? []), text]);
    },
    close(socket: string, code: number, reason: string) {
      closes.set(socket, { code, reason });
      attachments.delete(socket);
    },
    attach: (socket: string, saved: SavedSession) => void attachments.set(socket, structuredClone(saved)),
    save(saved: SavedPresence) {
      if (isSavingBroken) throw new Error("disk full");
      saves += 1;
      presence = structuredClone(saved);
    },
    heardMs: (socket: string) => heard.get(socket) ?? 0,
    report: (error: unknown) => void reported.push(error),
    noteClosing: (closing: Closing) => void closings.push(closing),
    makeBucket: floodBucket,
    makeLife: () => (lives += 1),
    deliver: (call: DownCall) => void calls.push(call),
  };
  const all: RoomSettings = { ...DEFAULT_SETTINGS, ...settings };
  const openRoom = (sockets: readonly (readonly [string, SavedSession])[]): Room<string> =>
    createRoom(ports, all, nowMs, { presence, sockets });
  let room = openRoom([]);

  const framesOf = (socket: string) =>
    (inboxes.get(socket) ?? []).map((text) => JSON.parse(text) as RoomFrame);
  /** Does what is due at once, where that takes no time. */
  const catchUp = () => {
    while (costMs === 0 && room.dueMs() <= nowMs) room.tick(nowMs);
  };
  return {
    log,
    closes,
    attachments,
    reported,
    closings,
    /** How often it was kept who is here. */
    saves: () => saves,
    failSaves: (isBroken: boolean) => void (isSavingBroken = isBroken),
    /** Calls to relays, of which none has come to an end. */
    calls,
    now: () => nowMs,
    room: () => room,
    /** How long it takes until what was sent has left, and a turn can come that was due at once. */
    cost: (ms: number) => void (costMs = ms),
    beat: (socket: string) => void heard.set(socket, nowMs),
    open: (socket: string, address?: string) => room.open(socket, nowMs, { address }),
    raw(socket: string, data: string | ArrayBuffer) {
      room.receive(socket, data, nowMs);
      catchUp();
    },
    say(socket: string, frame: ClientFrame) {
      this.raw(socket, JSON.stringify(frame));
    },
    gone: (socket: string) => {
      attachments.delete(socket);
      room.closed(socket, nowMs);
    },
    /** Opens a socket and says hello. */
    enter(socket: string, more: Partial<Extract<ClientFrame, { t: "hello" }>> = {}, address?: string) {
      room.open(socket, nowMs, { address });
      this.say(socket, { t: "hello", v: VERSION, name: socket, cid: cidOf(socket), ...more });
    },
    /** Moves time on, and does all that is due meanwhile, when it is due. */
    pass(ms: number) {
      const untilMs = nowMs + ms;
      for (let dueMs = room.dueMs(); dueMs <= untilMs; dueMs = room.dueMs()) {
        nowMs = dueMs > nowMs ? dueMs : nowMs + costMs;
        room.tick(nowMs);
      }
      nowMs = Math.max(nowMs, untilMs);
    },
    /** Sets the clock back. */
    setBack: (ms: number) => void (nowMs -= ms),
    /** Puts the room out of memory, and back. Sockets stay open. */
    sleep() {
      room = openRoom([...attachments]);
    },
    /** Ends the room with all its sockets. It is opened again when somebody comes. */
    kill() {
      attachments.clear();
      room = openRoom([]);
    },
    /** What a socket has been sent, from the first frame on. */
    frames: framesOf,
    /** The last frame of a type. */
    last<T extends RoomFrame["t"]>(socket: string, t: T): Extract<RoomFrame, { t: T }> | undefined {
      // The type is what was looked for.
      return framesOf(socket).findLast((frame) => frame.t === t) as Extract<RoomFrame, { t: T }> | undefined;
    },
    messages: (socket: string): readonly Message[] => messagesIn(framesOf(socket)),
  };
}

/** The messages in frames, one by one. */
export function messagesIn(frames: readonly RoomFrame[]): readonly Message[] {
  return frames.flatMap((frame) => {
    if (frame.t === "batch") return frame.m;
    if (frame.t !== "msg") return [];
    const { t: _, ...message } = frame;
    return [message];
  });
}

/** The secret of a test's client. */
export function cidOf(name: string): string {
  return `cid-of-${name}`.padEnd(16, "-");
}
