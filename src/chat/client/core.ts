import { type ClientFrame, PING, type Position } from "../wire.ts";
import { type ClientState, createConnection } from "./connection.ts";
import { createConversation } from "./conversation.ts";
import type { Effect } from "./effects.ts";
import { ChatError } from "./events.ts";
import type { CoreOptions } from "./options.ts";
import type { Request } from "./outbox.ts";
import { type HeardFrame, readFrame } from "./read-frame.ts";
import { type Loss, lossOf } from "./reconnect.ts";
import type { Roster } from "./roster.ts";

/** How often the room hears that somebody is still typing. */
const TYPING_MS = 3_000;

/**
 * A client without its socket: it is told what happens and when, and says what to do. Every message comes out once and
 * in order; every request stays until it is answered.
 */
export interface ChatCore {
  readonly state: ClientState;
  readonly name: string;
  readonly uid: string | undefined;
  /** The last message that came out. */
  readonly position: Position | undefined;
  readonly roster: Roster;
  /** When to call {@link tick}. */
  readonly dueMs: number;
  start(now: number): readonly Effect[];
  opened(now: number, socket: number): readonly Effect[];
  received(now: number, socket: number, data: unknown): readonly Effect[];
  closed(now: number, socket: number, code: number, reason: string): readonly Effect[];
  tick(now: number): readonly Effect[];
  /** Connects at once, if it waits to, or looks whether the room still answers: the network is said to be back. */
  hurry(now: number): readonly Effect[];
  ask(now: number, frame: Request): readonly Effect[];
  /** Nobody waits for this request any more. What has been sent may have its effect. */
  forget(now: number, id: string): readonly Effect[];
  typing(now: number, on: boolean): readonly Effect[];
  /** The user has taken in everything up to this message. */
  taken(now: number, seq: number): readonly Effect[];
  leave(now: number): readonly Effect[];
}

/** Begins offline. */
export function createCore(options: CoreOptions): ChatCore {
  let effects: Effect[] = [];
  const out = (effect: Effect) => void effects.push(effect);
  const connection = createConnection(options.random);
  const conversation = createConversation(options, out);
  let typed = { on: false, atMs: -Infinity };
  /** What the room has just complained of, if it has. */
  let complaint = "";

  const say = (frame: ClientFrame) =>
    out({ do: "transmit", socket: connection.socket, data: JSON.stringify(frame) });
  const connect = (now: number) => out({ do: "connect", socket: connection.connect(now) });

  const lose = (now: number, loss: Loss) => {
    conversation.disconnected();
    connection.lost(now, loss);
    const { state } = connection;
    if (state.name === "ended") conversation.end(state.reason);
  };

  /** The same, where the socket may still be open. */
  const hangUp = (now: number, loss: Loss) => {
    out({ do: "disconnect", socket: connection.socket });
    lose(now, loss);
  };

  const hear = (now: number, frame: HeardFrame) => {
    const isLive = connection.state.name === "live";
    switch (frame.t) {
      case "pong":
        return;
      case "welcome":
        if (isLive) return;
        connection.welcomed(now, frame.heartbeatMs);
        return conversation.welcome(frame);
      case "bye": {
        const loss = lossOf(frame.code, complaint, frame.afterMs);
        if (!frame.reconnect) return hangUp(now, { kind: "final", code: frame.code, reason: complaint });
        return hangUp(now, loss.kind === "final" ? { kind: "patience", afterMs: frame.afterMs } : loss);
      }
      default:
        complaint = frame.t === "err" ? frame.message : "";
        if (isLive || frame.t === "err") conversation.hear(frame, now);
    }
  };

  /** Lets something happen, then does whatever is to be done next. */
  const turn = (now: number, happening: () => void) => {
    const before = connection.state;
    happening();
    const frames = connection.state.name === "live" ? conversation.flush(now) : [];
    conversation.keep();
    for (const frame of frames) {
      say(frame);
      // Whoever has said it types it no more, and others know.
      if (frame.t === "send") typed = { on: false, atMs: now };
    }
    const { state } = connection;
    if (state !== before) out({ do: "emit", event: { type: "state", state } });
    const done = effects;
    effects = [];
    return done;
  };

  return {
    get state() {
      return connection.state;
    },
    get name() {
      return conversation.name;
    },
    get uid() {
      return conversation.uid;
    },
    get position() {
      return conversation.position;
    },
    get roster() {
      return conversation.roster;
    },
    get dueMs() {
      return Math.min(connection.dueMs, connection.state.name === "live" ? conversation.dueMs : Infinity);
    },
    start: (now) =>
      turn(now, () => {
        if (connection.state.name === "offline") connect(now);
      }),
    opened: (now, socket) =>
      turn(now, () => {
        if (socket !== connection.socket || connection.state.name !== "connecting") return;
        connection.opened(now);
        say(conversation.hello());
      }),
    received: (now, socket, data) =>
      turn(now, () => {
        const { name } = connection.state;
        if (socket !== connection.socket || (name !== "greeting" && name !== "live")) return;
        connection.heard(now);
        const frame = readFrame(data);
        const isOfMessages = frame?.t === "msg" || frame?.t === "batch";
        if (typeof data === "string") conversation.arrived(data.length, isOfMessages);
        if (frame === undefined) out({ do: "emit", event: { type: "odd", data } });
        else hear(now, frame);
      }),
    closed: (now, socket, code, reason) =>
      turn(now, () => {
        const { name } = connection.state;
        if (socket !== connection.socket || name === "waiting" || name === "ended") return;
        lose(now, lossOf(code, reason === "" ? complaint : reason));
      }),
    tick: (now) =>
      turn(now, () => {
        switch (connection.tick(now)) {
          case "connect":
            return connect(now);
          case "ping":
            return out({ do: "transmit", socket: connection.socket, data: PING });
          case "lost":
            return hangUp(now, { kind: "network" });
          case undefined:
        }
      }),
    hurry: (now) =>
      turn(now, () => {
        switch (connection.hurry(now)) {
          case "connect":
            return connect(now);
          case "ping":
            return out({ do: "transmit", socket: connection.socket, data: PING });
          case "lost":
          case undefined:
        }
      }),
    ask: (now, frame) =>
      turn(now, () => {
        const { state } = connection;
        if (state.name !== "ended") return conversation.ask(frame);
        const error = new ChatError("ended", state.reason);
        out({ do: "settle", id: frame.id, answer: { t: "failed", error } });
      }),
    forget: (now, id) => turn(now, () => conversation.forget(id)),
    typing: (now, on) =>
      turn(now, () => {
        if (connection.state.name !== "live") return;
        if (on === typed.on && (!on || now < typed.atMs + TYPING_MS)) return;
        typed = { on, atMs: now };
        say({ t: "typing", on });
      }),
    taken: (now, seq) => turn(now, () => conversation.taken(seq, now)),
    leave: (now) =>
      turn(now, () => {
        const { name } = connection.state;
        if (name === "ended") return;
        if (name === "live") say({ t: "leave" });
        hangUp(now, { kind: "final", code: 1000, reason: "This client has left the room" });
      }),
  };
}
